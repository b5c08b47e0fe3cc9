"""Signing in otherwise than by a password alone: providers, second factors, tokens of programs."""

CLIENT, SECRET = "motcua", "the-client-secret-of-a-test"
"""What is registered at the provider of the tests."""
