"""What calls a pod, and nothing else."""
