"""From a body to a request: presets, names, sizes, seeds, all settled before the queue."""
