"""Differential privacy: a guarantee that is declared, paid and accounted."""
