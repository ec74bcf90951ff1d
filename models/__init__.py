"""What is true and what may be: rows, refusals, plans. No pod, no HTTP, no Temporal."""
