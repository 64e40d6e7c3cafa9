"""Parts of the demo checkpoint's recipe: scenes, image analysis, models and the SD 1.x key layout."""
