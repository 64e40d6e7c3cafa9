"""Picture arithmetic on Pillow images: resizing, masks, fills, overlays, colours, grids, files."""
