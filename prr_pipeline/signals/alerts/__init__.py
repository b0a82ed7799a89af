"""Alert sources with three-valued answers: clear, firing, unknown."""
