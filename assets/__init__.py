"""One thin module per promotion stage."""
