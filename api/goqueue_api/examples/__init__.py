"""Worked examples for the OpenAPI description: what each operation answers, and each error. Bodies of requests have theirs
beside their schemas. A test checks every one against its schema."""
