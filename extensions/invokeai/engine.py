"""InvokeAI's place in an engine: its kinds of work are all there is, no generation is changed."""

from __future__ import annotations
