"""A request's own changes to a generation: FreeU, self-attention guidance, regions, transparent parts."""
