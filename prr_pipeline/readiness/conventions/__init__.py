"""Which conventions does a repository show? A draft of a profile, from what lies there and nothing else."""
