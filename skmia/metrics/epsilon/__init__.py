"""How large epsilon must be, given what an attack found."""
