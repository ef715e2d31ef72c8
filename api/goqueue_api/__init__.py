"""The HTTP API of GoQueue: validates, stores and answers; it runs no jobs."""
