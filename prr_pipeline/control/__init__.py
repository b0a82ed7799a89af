"""Do it: gather facts, decide, move flags, write the ledger."""
