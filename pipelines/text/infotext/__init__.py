"""The text beneath a picture: writing and reading A1111's generation parameters."""
