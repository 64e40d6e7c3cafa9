"""Words that arguments of training choose among."""

from __future__ import annotations

ACTIVATIONS = (
    *("linear", "relu", "leakyrelu", "elu", "swish", "tanh", "sigmoid", "celu", "gelu", "glu", "hardshrink"),
    *("hardsigmoid", "hardswish", "hardtanh", "logsigmoid", "logsoftmax", "mish", "relu6", "rrelu", "selu"),
    *("silu", "softmax", "softmin", "softplus", "softshrink", "softsign", "tanhshrink"),
)
"""A1111's words, and torch's activations in lower case that need no further argument and keep the width."""
INITIALISATIONS = ("Normal", "KaimingUniform", "KaimingNormal", "XavierUniform", "XavierNormal")
ACTIONS = ("ignore", "copy", "prepend", "append")
"""What preprocessing does with the text beside a picture."""
OBJECTIVES = {"Maximize area": True, "Minimize error": False}
"""What a crop is chosen by; whether that is its area."""
MOST_OVERLAP = 0.9
