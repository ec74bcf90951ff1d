"""The network API's resources, and their copies in pods."""
