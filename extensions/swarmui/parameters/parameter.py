"""One T2I parameter: its place in interfaces, and the values that it takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from extensions.swarmui.models.choices import Choices
from extensions.swarmui.parameters.groups import ParameterGroup
from extensions.swarmui.words.names import clean

ParameterKind: TypeAlias = Literal[
    "text", "integer", "decimal", "boolean", "dropdown", "image", "image_list", "model", "list"
]
View: TypeAlias = Literal["normal", "prompt", "small", "big", "slider", "pot_slider", "seed"]
Values: TypeAlias = tuple[str, ...] | Callable[[Choices], Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One row of the table. Bounds that are both 0 bound nothing.

    ``ignore``: the text that counts as not given. ``subtype``: which models a model or a list names.
    """

    name: str
    kind: ParameterKind
    about: str
    default: str = ""
    low: float = 0
    high: float = 0
    view_high: float = 0
    step: float = 1
    values: Values | None = None
    subtype: str | None = None
    group: ParameterGroup | None = None
    flag: str | None = None
    view: View = "small"
    priority: float = 10
    toggleable: bool = False
    advanced: bool = False
    hidden: bool = False
    ignore: str | None = None
    examples: tuple[str, ...] = ()
    in_metadata: bool = True

    @property
    def id(self) -> str:
        """The parameter's name in requests, whose spelling doesn't count."""
        return clean(self.name)

    def choices(self, found: Choices) -> tuple[str, ...] | None:
        """Return the values that it takes now; None for a parameter that takes any."""
        if self.values is not None:
            return self.values if isinstance(self.values, tuple) else tuple(self.values(found))
        if self.kind in ("model", "list") and self.subtype:
            plain = () if self.ignore is None else (self.ignore,)
            return (*plain, *found.models.get(self.subtype, ()))
        return None

    def described(self, found: Choices) -> dict[str, Any]:
        """Return the parameter in the form that clients read."""
        values = None if self.kind == "model" else self.choices(found)
        listed = None if values is None else list(values)
        return {
            "name": self.name,
            "id": self.id,
            "description": self.about,
            "type": self.kind,
            "subtype": self.subtype,
            "default": self.default,
            "min": self.low,
            "max": self.high,
            "view_min": 0,
            "view_max": self.view_high,
            "step": self.step,
            "values": listed,
            "value_names": listed,
            "examples": list(self.examples) or None,
            "visible": not self.hidden,
            "advanced": self.advanced,
            "feature_flag": self.flag,
            "toggleable": self.toggleable,
            "priority": self.priority,
            "group": None if self.group is None else self.group.described(),
            "always_retain": False,
            "do_not_save": False,
            "do_not_preview": False,
            "view_type": self.view,
            "extra_hidden": False,
            "can_sectionalize": False,
            "nonreusable": False,
            "depend_non_default": None,
        }
