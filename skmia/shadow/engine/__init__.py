"""Trainers of many shadow models at once, for kinds of models that gain by it."""
