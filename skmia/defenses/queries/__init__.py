"""Questions: who may ask, how often, and what looks like an attack."""
