"""Drivers that the lab copies into its own Nova and Cinder; nothing here imports them."""
