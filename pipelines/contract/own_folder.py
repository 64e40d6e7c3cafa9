"""Requests whose pictures are saved in a folder of their own, below where they would be saved."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

from pipelines.contract.options import OutputOptions
from pipelines.contract.places import OUTPUTS
from pipelines.contract.requests import ExtrasRequest, GenerationRequest
from pipelines.contract.training import TrainRequest

FOLDERS = tuple(f.name for f in fields(OutputOptions) if f.name.startswith("outdir_"))


def generation_in(request: GenerationRequest, folder: str) -> GenerationRequest:
    """A generation that saves in ``folder``."""
    return replace(request, output=_below(request.output, folder))


def extras_in(request: ExtrasRequest, folder: str) -> ExtrasRequest:
    """Upscaling that saves in ``folder``."""
    return replace(request, output=_below(request.output, folder))


def training_in(request: TrainRequest, folder: str) -> TrainRequest:
    """A run that keeps its log, with pictures in it, in ``folder``."""
    return replace(request, log=replace(request.log, folder=str(Path(request.log.folder, folder))))


def _below(output: OutputOptions, folder: str) -> OutputOptions:
    own = {name: str(Path(getattr(output, name) or OUTPUTS[0], folder)) for name in FOLDERS}
    return replace(output, **own)
