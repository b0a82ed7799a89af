"""What GitHub says of a commit: checks, reviews, deployments, approvals; and of teams and tickets."""
