"""What outlives a graph: pictures, boards, the queue's items, tensors; SQLite and files of the data folder."""
