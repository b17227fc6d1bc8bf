"""Statistics of what is seen, without an attack around them."""
