"""Fields of nodes: how they are declared, and the values that travel along edges."""
