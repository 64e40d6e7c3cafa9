"""What a node is given to work with: pictures, tensors, conditioning, models, boards, and a way to tell."""
