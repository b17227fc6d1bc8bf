"""Signals of an attacker who holds the model itself."""
