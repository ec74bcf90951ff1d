"""What the gateway itself knows of compute, and how it boots and removes servers."""
