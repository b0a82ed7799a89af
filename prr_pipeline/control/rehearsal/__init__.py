"""Rehearsal: a whole promotion on a moved clock, in memory, with the decisions that production would make."""
