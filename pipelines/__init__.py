"""The engine: from a request to its pictures. Nothing in here imports HTTP."""
