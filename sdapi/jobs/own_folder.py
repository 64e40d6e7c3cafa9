"""The folders of pictures that belong to one key, so that ``/file=`` shows them to nobody else."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

from pipelines.contract.options import OutputOptions
from pipelines.contract.places import OUTPUTS
from pipelines.contract.requests import EngineRequest, ExtrasRequest, GenerationRequest
from pipelines.contract.training import TrainRequest

FOLDERS = tuple(f.name for f in fields(OutputOptions) if f.name.startswith("outdir_"))


def in_own_folder(request: EngineRequest, folder: str) -> EngineRequest:
    """The request, with its pictures saved in ``folder`` of where they would be saved; empty is none."""
    if folder and isinstance(request, TrainRequest):
        return replace(request, log=replace(request.log, folder=str(Path(request.log.folder, folder))))
    if not folder or not isinstance(request, GenerationRequest | ExtrasRequest):
        return request
    output = request.output
    own = {name: str(Path(getattr(output, name) or OUTPUTS[0], folder)) for name in FOLDERS}
    return replace(request, output=replace(output, **own))


def is_own(path: Path, folder: str) -> bool:
    """Whether a saved file lies in such a folder; all are for who has none."""
    return not folder or folder in path.parts
