"""What is on disk, as rows."""
