"""Routes that list detectors and describe a unit."""
