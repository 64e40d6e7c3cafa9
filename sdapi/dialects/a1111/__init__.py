"""AUTOMATIC1111's API: its schemas, routes and names."""
