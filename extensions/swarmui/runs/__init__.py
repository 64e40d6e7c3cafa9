"""Requests being carried out: prompts, jobs, progress, pictures and errors."""
