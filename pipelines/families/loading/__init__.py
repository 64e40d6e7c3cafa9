"""Read weight files safely and turn them into modules."""
