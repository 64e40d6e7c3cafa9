"""The parts of a node's context: pictures, tensors, conditioning, models, boards, progress."""
