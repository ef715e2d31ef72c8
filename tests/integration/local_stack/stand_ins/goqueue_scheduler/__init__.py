"""Stands in for the real package, to test the supervisor alone."""
