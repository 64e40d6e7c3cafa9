"""From a picture to a map: algorithms, detectors, poses, faces."""
