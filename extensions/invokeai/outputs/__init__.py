"""What nodes answer, by type."""
