"""Units in a generation: checked against their models, made ready, then acting in the calls of each pass."""
