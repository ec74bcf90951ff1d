"""Ports as their pods show them: bindings, MACs, live state."""
