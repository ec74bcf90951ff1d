"""Pods, bindings, routings, jobs: what an operator administers."""
