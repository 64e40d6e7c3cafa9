"""Prompt text to plain data: styles, tags, composition, schedules, emphasis, tokens, chunks."""
