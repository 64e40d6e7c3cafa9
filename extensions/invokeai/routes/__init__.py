"""InvokeAI's REST routes; one file for each of its groups."""
