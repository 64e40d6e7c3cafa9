"""What SwarmUI's API costs: the way of a step to its client, idle sockets, a large history."""
