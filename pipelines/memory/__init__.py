"""What is loaded, where, and who must leave when another needs the room."""
