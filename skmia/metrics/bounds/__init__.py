"""What theory allows an attack, at a declared guarantee."""
