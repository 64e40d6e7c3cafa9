"""A ControlNet unit: read from a request, written to infotexts, its picture chosen and fitted."""
