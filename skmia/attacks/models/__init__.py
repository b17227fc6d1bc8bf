"""Attack models: binary classifiers on what is seen of pairs."""
