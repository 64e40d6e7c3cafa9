"""Where engines live and how the server speaks to them: processes, Ray actors, the wire."""
