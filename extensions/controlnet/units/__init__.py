"""ControlNet units: read from requests, written to infotexts, with their model files and control types."""
