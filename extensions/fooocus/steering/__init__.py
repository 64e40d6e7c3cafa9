"""In every network call: sharpness, guidance, size conditioning, FreeU."""
