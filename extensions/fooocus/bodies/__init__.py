"""What clients send: forms and JSON of both generations, as leniently as they need it."""
