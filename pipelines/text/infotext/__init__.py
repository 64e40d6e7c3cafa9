"""The text beneath a picture, as A1111 writes generation parameters."""
