"""The dashboard as the API serves it: its built files on an address of their own, with the API behind the same origin."""
