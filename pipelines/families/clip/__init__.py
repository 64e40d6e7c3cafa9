"""CLIP's text encoders, which several families use: their tokens, and the outputs of their layers."""
