"""Presets: sets of parameters by a title."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from extensions.swarmui.store.kept import KeptValues

IMAGE = "imgs/model_placeholder.jpg"
"""Picture that clients show for a preset without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetShelf:
    """The presets of one user; titles are found in any letter case."""

    kept: KeptValues
    owner: str

    def every(self) -> list[dict[str, Any]]:
        """Return all presets in the order of titles."""
        return [dict(value) for value in self.kept.every(self.owner, "preset").values()]

    def parameters(self, title: str) -> Mapping[str, Any] | None:
        """Return the parameters of the preset with this title; None without one."""
        found = self.kept.every(self.owner, "preset").get(title.strip().lower())
        return None if found is None else found["param_map"]

    def has(self, title: str) -> bool:
        """True if there is a preset of this title."""
        return self.parameters(title) is not None

    def put(self, title: str, about: str, params: Mapping[str, Any], picture: str | None) -> None:
        """Keep a preset, in place of one with the same title."""
        value = {"title": title, "description": about, "param_map": dict(params)}
        whole = {"author": self.owner, **value, "preview_image": picture or IMAGE}
        self.kept.put(self.owner, "preset", title.strip().lower(), whole)

    def drop(self, title: str) -> bool:
        """Forget a preset; return True if there was one."""
        return self.kept.drop(self.owner, "preset", title.strip().lower())

    def copy(self, title: str) -> str | None:
        """Keep a preset again under a free title, and return that; None without one of this title."""
        known = self.kept.every(self.owner, "preset")
        found = known.get(title.strip().lower())
        if found is None:
            return None
        titles = (f"{found['title']} ({number})" for number in count(2))
        copy = next(one for one in titles if one.strip().lower() not in known)
        self.put(copy, found["description"], found["param_map"], found["preview_image"])
        return copy
