"""Every byte that leaves the process: pods, database, Temporal activities."""
