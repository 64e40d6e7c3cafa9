"""Storage beyond one graph: pictures, boards, items of the queue, tensors; SQLite and files."""
