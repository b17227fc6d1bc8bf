"""What the structure of a fitted model alone says of the risk for its records."""
