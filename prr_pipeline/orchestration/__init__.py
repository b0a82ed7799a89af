"""Show and drive it in Dagster: partitions, resources, metadata."""
