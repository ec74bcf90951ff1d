"""Bridges: what joins a project's networks between pods."""
