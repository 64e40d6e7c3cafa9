"""The second pass of hires fix: its sizes, its upscaler, its order."""
