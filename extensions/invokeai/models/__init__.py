"""The server's weight files as InvokeAI's models: their configs, and how they are found; no torch."""
