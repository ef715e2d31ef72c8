"""The model and the broker that API, worker and scheduler share; it knows nothing of HTTP or handlers."""
