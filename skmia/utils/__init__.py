"""Helpers shared by all parts of skmia."""
