"""Weight files as SwarmUI names and describes them."""
