"""Floating IPs: their rows, the ports they lead to, and how they go."""
