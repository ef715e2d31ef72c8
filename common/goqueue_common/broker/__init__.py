"""Dispatch through Redis lists: speed, never the truth. Everything here may be lost and is rebuilt from PostgreSQL."""
