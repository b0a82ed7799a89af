"""What next? Ladder, gates and the one decision function. Pure."""
