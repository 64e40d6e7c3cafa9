"""InvokeAI's Invocation API: community nodes run unchanged, and graphs run on our engine."""
