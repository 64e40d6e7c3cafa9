"""The OpenAPI document: FastAPI's findings from the routes' types, and additions that types don't hold."""
