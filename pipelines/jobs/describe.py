"""What a request is, in the words that the store and the queue use."""

from __future__ import annotations

import hashlib

from pipelines.request import (
    EngineRequest,
    ExtrasRequest,
    GenerationRequest,
    InterrogateRequest,
    LoadCheckpointRequest,
    UnloadRequest,
)


def kind_of(request: EngineRequest) -> str:
    """A word for the kind of work."""
    match request:
        case GenerationRequest():
            return "txt2img" if request.img2img is None else "img2img"
        case ExtrasRequest():
            return "extras"
        case InterrogateRequest():
            return "interrogate"
        case LoadCheckpointRequest():
            return "load"
        case UnloadRequest():
            return "unload"


def checkpoint_of(request: EngineRequest) -> str:
    """The checkpoint file that it needs; empty if none."""
    if isinstance(request, GenerationRequest | LoadCheckpointRequest):
        return request.checkpoint
    return ""


def is_upkeep(kind: str) -> bool:
    """Whether it is no task of a client: every engine must do it, and nobody wants it after a restart."""
    return kind in {"load", "unload"}


def fingerprint_of(encoded: bytes) -> str:
    """A short text that differs for different requests."""
    return hashlib.sha256(encoded).hexdigest()
