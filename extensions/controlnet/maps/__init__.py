"""Maps of pictures: algorithms, detectors, poses, faces."""
