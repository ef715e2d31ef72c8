"""Cron: expressions, zones, and which instants are due. Pure."""
