"""The loaded models: their places, and the order in which they leave when another needs the room."""
