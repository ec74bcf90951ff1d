"""Pages for people, and what makes those that are made from tables."""
