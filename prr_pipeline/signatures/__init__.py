"""Is it really them? Signatures verified against a pinned roster."""
