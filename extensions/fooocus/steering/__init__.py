"""In every model call: sharpness, guidance, size conditioning, FreeU."""
