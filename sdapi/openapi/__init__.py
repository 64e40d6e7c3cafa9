"""The OpenAPI document: what FastAPI finds in the routes' types, and what it can't find there."""
