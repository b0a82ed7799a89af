"""What do the services around the monorepo say? One read-only client per provider."""
