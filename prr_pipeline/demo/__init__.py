"""The time-lapse demo: a sample monorepo, a council, and five promotions through Dagster in minutes."""
