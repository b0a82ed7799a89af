"""Who agreed? PRR documents, justifications, attestations, sign-offs, council and rota. Pure."""
