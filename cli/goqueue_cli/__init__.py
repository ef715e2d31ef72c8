"""The `goqueue` command. It starts the services as processes and imports none of them."""
