"""Find faces in pictures and restore them."""
