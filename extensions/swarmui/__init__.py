"""SwarmUI's T2I API, over HTTP and WebSocket, on the same engine."""
