"""What tables does a service have? Prisma models, Drizzle schemas and SQL migrations, as one form of plain data."""
