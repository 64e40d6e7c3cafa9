"""Any client's request in our words, resolved and checked once, before the queue."""
