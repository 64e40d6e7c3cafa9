"""Groups of parameters, as interfaces show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from extensions.swarmui.words.names import clean


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterGroup:
    """One group. One that toggles sends nothing while it is off."""

    name: str
    priority: float
    about: str = ""
    toggles: bool = False
    open: bool = False
    advanced: bool = False

    def described(self) -> dict[str, Any]:
        """Return the group in the form that clients read."""
        return {
            "name": self.name,
            "id": clean(self.name),
            "toggles": self.toggles,
            "open": self.open,
            "priority": self.priority,
            "description": self.about,
            "advanced": self.advanced,
            "can_shrink": True,
        }


IMAGE_PROMPTING = ParameterGroup(
    name="Image Prompting", priority=-70, toggles=True, about="Pictures as a part of the prompt."
)
CORE = ParameterGroup(name="Core Parameters", priority=-50, open=True)
VARIATION = ParameterGroup(
    name="Variation Seed", priority=-17, toggles=True, about="Pictures near that of a seed."
)
RESOLUTION = ParameterGroup(name="Resolution", priority=-11)
SAMPLING = ParameterGroup(name="Sampling", priority=-8)
INIT_IMAGE = ParameterGroup(
    name="Init Image", priority=-5, toggles=True, about="Start from a picture in place of noise."
)
REFINE = ParameterGroup(
    name="Refine / Upscale", priority=-3, toggles=True, about="A second pass, larger or with another model."
)
CONTROLS = tuple(
    ParameterGroup(name=name, priority=priority, toggles=True, advanced=name != "ControlNet")
    for name, priority in (("ControlNet", -0.9), ("ControlNet Two", -0.8), ("ControlNet Three", -0.7))
)
INTERNAL = ParameterGroup(name="Swarm Internal", priority=0, advanced=True)
REGIONAL = ParameterGroup(name="Regional Prompting", priority=5, advanced=True)
ADDONS = ParameterGroup(name="Advanced Model Addons", priority=10, advanced=True)
FREEU = ParameterGroup(
    name="FreeU", priority=10, toggles=True, advanced=True, about="Stronger features, weaker skips."
)
ADVANCED = ParameterGroup(name="Advanced Sampling", priority=10, advanced=True)
GROUPS = (
    *(IMAGE_PROMPTING, CORE, VARIATION, RESOLUTION, SAMPLING, INIT_IMAGE, REFINE, *CONTROLS),
    *(INTERNAL, REGIONAL, ADDONS, FREEU, ADVANCED),
)
