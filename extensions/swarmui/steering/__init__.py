"""What a request changes about the model's calls: FreeU, and self-attention guidance."""
