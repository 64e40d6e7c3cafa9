"""A unit made ready: its picture chosen, preprocessed and fitted."""
