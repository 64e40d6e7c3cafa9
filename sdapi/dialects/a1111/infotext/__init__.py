"""Read infotexts back: a saved picture's parameters into fields, and those into a request."""
