"""Ports: their addresses, and what a port may be."""
