"""The compute API's rows and requests."""
