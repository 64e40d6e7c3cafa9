"""The error of a template that can't be worked out."""

from __future__ import annotations


class Refusal(Exception):
    """A template is refused. ``place``: the field that it stands in."""

    def __init__(self, text: str, place: str) -> None:
        super().__init__(text)
        self.text = text
        self.place = place
