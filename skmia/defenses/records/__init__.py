"""Training records that are made equal, or less exact."""
