"""The generation that repaints one mask: its prompts, and its request."""
