"""What any client may ask for, in our words: resolved and checked once, before the queue."""
