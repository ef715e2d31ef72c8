"""What goes over the wire, as marshmallow schemas: they load queries, and they document every body in OpenAPI."""
