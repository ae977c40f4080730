"""Secrets at rest: columns that the database sees only as ciphertext."""
