"""The shared Glance: where it is."""
