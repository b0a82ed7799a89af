"""What happened? The append-only, hash-chained record."""
