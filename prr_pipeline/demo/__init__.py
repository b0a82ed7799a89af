"""The time-lapse demo: a sample monorepo, a council, and four promotions through Dagster in minutes."""
