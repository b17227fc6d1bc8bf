"""Masks: what a model answers is changed before it is released."""
