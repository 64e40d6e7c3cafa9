"""Bodies of requests and answers as pydantic models, one file per router."""
