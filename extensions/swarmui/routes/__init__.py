"""The routes, each a function and a schema."""
