"""Networks that draw maps of pictures: depth, edges, segments, fills."""
