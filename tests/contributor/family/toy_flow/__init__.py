"""A family of its own: a tiny flow transformer with two text encoders and 16 channels."""

from .family import TOY_FLOW

FAMILIES = (TOY_FLOW,)
