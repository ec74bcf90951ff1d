"""How volumes are placed, removed and shown."""
