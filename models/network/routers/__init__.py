"""Routers: their interfaces, gateway and routes."""
