"""What PagerDuty says: services, who is on call, incidents and how they were handled, where alerts go."""
