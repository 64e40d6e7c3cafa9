"""Names and errors in the words of SwarmUI's API."""
