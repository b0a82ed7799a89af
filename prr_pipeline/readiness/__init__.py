"""Is the subject ready? Checklist lines as data, checks as pure functions, one report."""
