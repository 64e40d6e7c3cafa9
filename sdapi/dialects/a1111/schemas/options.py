"""Schemas whose fields are data: options and flags. The OpenAPI document enters them."""

from __future__ import annotations

from pydantic import BaseModel


class Options(BaseModel):
    """Every option, extensions' included."""


class Flags(BaseModel):
    """Every command-line flag; a secret one is masked."""
