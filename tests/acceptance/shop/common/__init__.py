"""A user's own package of this name: it must not meet GoQueue's."""

GREETING = "hello from the shop's common"
