"""What does the monorepo say? Immutable, digest-keyed views of a commit or a working tree."""
