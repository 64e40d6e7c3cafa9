"""The wish of any client in our words, resolved and checked once before the queue."""
