"""Quotas: one limit and one usage of a project over all its pods."""
