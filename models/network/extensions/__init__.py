"""The extensions of Neutron's API: those that are served, and those that pods have besides."""
