"""How extensions are found and loaded, and how the surfaces that they use are made."""
