"""Find the poses of people and animals, and draw them."""
