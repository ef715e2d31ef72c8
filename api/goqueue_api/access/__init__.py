"""Who may do what: scopes, keys, and the caller of a request."""
