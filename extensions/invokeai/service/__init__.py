"""The server's side: batches become items, items become jobs, and what happens is told to who listens."""
