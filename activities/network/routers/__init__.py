"""A router's copy in a pod, brought to what it should be."""
