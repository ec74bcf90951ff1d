"""Decisions that must survive a crash; deterministic, no drivers."""
