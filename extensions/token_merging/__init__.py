"""Token merging: self-attention on fewer tokens, by options and for each pass of a generation."""
