"""The weight change of each member of the LoRA family: one file per type."""
