"""Training on pictures: embeddings, hypernetworks, LoRA."""
