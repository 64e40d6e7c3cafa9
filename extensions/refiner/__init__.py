"""The refiner: another checkpoint takes over in the midst of sampling."""
