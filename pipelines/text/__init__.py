"""Prompts, from text to a network's input: grammar, chunks, textual inversions, encodings."""
