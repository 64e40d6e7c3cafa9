"""The server's side: batches become items, items become jobs, and events go to clients that listen."""
