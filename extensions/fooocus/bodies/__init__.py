"""Bodies of both generations of routes, forms and JSON, read as leniently as clients need."""
