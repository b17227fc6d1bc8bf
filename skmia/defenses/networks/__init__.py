"""Defenses of neural networks of scikit-learn."""
