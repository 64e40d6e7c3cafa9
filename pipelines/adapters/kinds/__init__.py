"""How each member of the LoRA family computes its weight change: one file per type."""
