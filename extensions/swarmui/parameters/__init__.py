"""The T2I parameters: one table that is listed and that requests are read by."""
