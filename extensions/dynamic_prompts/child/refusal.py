"""Why a template can't be worked out."""

from __future__ import annotations


class Refusal(Exception):
    """A template that nothing is made of. ``place`` is the field that it stands in."""

    def __init__(self, text: str, place: str) -> None:
        super().__init__(text)
        self.text = text
        self.place = place
