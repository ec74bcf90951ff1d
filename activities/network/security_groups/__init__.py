"""Security groups in pods, alike in all of them."""
