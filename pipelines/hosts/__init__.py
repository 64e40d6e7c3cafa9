"""The places of engines, processes and Ray actors, and the messages between them and the server."""
