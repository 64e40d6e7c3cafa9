"""From a prompt's text to what a network reads: grammar, chunks, textual inversions, encodings."""
