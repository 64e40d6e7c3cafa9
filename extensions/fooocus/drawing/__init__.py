"""In the engine: pictures in, one generation for each picture, pictures out."""
