"""Measurements of SwarmUI's API: a step's way to the client, idle sockets, a large history."""
