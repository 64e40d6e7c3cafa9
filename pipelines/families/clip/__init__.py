"""CLIP's text encoders, which several families listen to: tokens, and what the layers say of them."""
