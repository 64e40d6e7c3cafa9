"""What goes in and out over HTTP, one file per router; pydantic lives here only."""
