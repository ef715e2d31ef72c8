"""What a process without an API of its own shows to probes and to Prometheus."""
