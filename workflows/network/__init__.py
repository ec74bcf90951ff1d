"""Workflows of the network API."""
