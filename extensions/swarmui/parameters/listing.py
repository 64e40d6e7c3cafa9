"""The parameters in the form of ListT2IParams."""

from __future__ import annotations

from typing import Any

from extensions.swarmui.models.choices import Choices
from extensions.swarmui.parameters.groups import GROUPS
from extensions.swarmui.parameters.table import TABLE


def parameter_listing(found: Choices, edits: object) -> dict[str, Any]:
    """Build the whole answer; ``edits``: the object that an interface stored with SetParamEdits, or None."""
    return {
        "list": [row.described(found) for row in TABLE.values()],
        "groups": [group.described() for group in GROUPS],
        "models": {subtype: list(names) for subtype, names in found.models.items()},
        "wildcards": list(found.wildcards),
        "param_edits": edits,
    }
