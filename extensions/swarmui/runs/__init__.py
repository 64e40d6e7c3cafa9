"""Requests being carried out: what is asked of the engine, how far it is, what came of it."""
