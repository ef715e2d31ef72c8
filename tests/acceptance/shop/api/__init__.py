"""A user's own package of this name too."""

PRICE = 42
