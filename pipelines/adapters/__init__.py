"""Networks that change a checkpoint's weights: the LoRA family, found, read, converted and computed."""
