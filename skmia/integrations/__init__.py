"""skmia where models are looked at with other tools, none of which it needs."""
