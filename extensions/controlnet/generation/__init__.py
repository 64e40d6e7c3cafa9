"""What units do in a generation: they are made ready, then act in the calls of each pass."""
