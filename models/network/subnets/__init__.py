"""Subnets: what a subnet may be."""
