"""The scheduler: fires the jobs of schedules when they are due, through the API; several replicas, one leader."""
