"""The HTTP server: schemas, routes and commands. Nothing in here imports torch."""
