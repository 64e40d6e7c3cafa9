"""Schemas of training's arguments for the document, and the words that some arguments choose among."""

from __future__ import annotations

from typing import Any

from pipelines.contract.limits import MIN_SIDE
from pipelines.contract.training_limits import MOST_CHANNELS, MOST_LAYERS, WIDEST

NAME_PATTERN = r"[\w-]"
"""Pattern of a file's name: at least one character that is kept."""
ACTIVATIONS = (
    *("linear", "relu", "leakyrelu", "elu", "swish", "tanh", "sigmoid", "celu", "gelu", "hardshrink"),
    *("hardsigmoid", "hardswish", "hardtanh", "logsigmoid", "logsoftmax", "mish", "relu6", "rrelu", "selu"),
    *("silu", "softmax", "softmin", "softplus", "softshrink", "softsign", "tanhshrink"),
)
"""A1111's words, and torch's activations in lower case that need no further argument and keep the width."""
INITIALISATIONS = ("Normal", "KaimingUniform", "KaimingNormal", "XavierUniform", "XavierNormal")
ACTIONS = ("ignore", "copy", "prepend", "append")
"""Ways to join a new caption with the text file beside a picture."""
OBJECTIVES = {"Maximize area": True, "Minimize error": False}
"""Rules by which a crop is chosen; true for its area."""
MOST_OVERLAP = 0.9

RATE = r"\+?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?"
SCHEDULE = rf"^\s*{RATE}\s*(:\s*(-1|0*[1-9]\d*)\s*)?(,\s*{RATE}\s*(:\s*(-1|0*[1-9]\d*)\s*)?)*$"
"""Rates with the steps until which they hold."""

TEXT: dict[str, Any] = {"type": "string", "nullable": True}
NAME: dict[str, Any] = {"type": "string", "pattern": NAME_PATTERN}
NAMED: dict[str, Any] = {"type": "string", "minLength": 1}
RATES: dict[str, Any] = {"type": "string", "pattern": SCHEDULE}
NUMBER: dict[str, Any] = {"type": "number", "nullable": True}
SHARE: dict[str, Any] = {**NUMBER, "minimum": 0, "maximum": 1}
WHOLE: dict[str, Any] = {"type": "integer", "nullable": True}
COUNT: dict[str, Any] = {"type": "integer", "minimum": 1}
EVERY: dict[str, Any] = {**WHOLE, "minimum": 0}
SIDE: dict[str, Any] = {"type": "integer", "minimum": MIN_SIDE}
YES_NO: dict[str, Any] = {"type": "boolean", "nullable": True}
ANYTHING: dict[str, Any] = {}
WIDTHS: dict[str, Any] = {
    "type": "array",
    "items": {"type": "number", "minimum": 0, "maximum": WIDEST},
    "minItems": 2,
    "maxItems": MOST_LAYERS,
}
NUMBERS: dict[str, Any] = {"type": "string", "pattern": rf"^\s*{RATE}\s*(,\s*{RATE}\s*)*$"}
SHARES: dict[str, Any] = {"type": "array", "items": {"type": "number"}}
SIZES: dict[str, Any] = {
    "type": "array",
    "items": {
        "anyOf": [
            {"type": "integer", "minimum": 1, "maximum": MOST_CHANNELS},
            {"type": "string", "pattern": "^([1-9][0-9]{0,2}|[1-7][0-9]{3})$"},
        ]
    },
    "maxItems": MOST_LAYERS,
}
