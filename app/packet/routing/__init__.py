"""Routing protocols."""
