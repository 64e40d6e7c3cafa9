"""How SwarmUI's API says things: names, errors."""
