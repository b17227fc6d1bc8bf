"""What data tell of how exposed a model of them will be."""
