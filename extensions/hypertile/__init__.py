"""HyperTile: self-attention in tiles, by options and for each pass of a generation."""
