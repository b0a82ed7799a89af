"""What CloudWatch says of alarms: which there are, on which metric and statistic, and how they stand."""
