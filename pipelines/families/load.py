"""Turn the files of a model into a LoadedModel, by the family that knows them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch

from pipelines.contract.errors import Cancelled, SdapiError
from pipelines.families.base import Family
from pipelines.families.files import BuildPlace, ModelFiles, find_parts
from pipelines.families.loading.assemble import TensorPool
from pipelines.families.loading.read import read_checkpoint
from pipelines.families.model import LoadedModel
from pipelines.families.placement import VAE
from pipelines.families.precision import FULL, Precision
from pipelines.families.registry import BUILT_IN, recognise

CPU = torch.device("cpu")


def load_checkpoint(
    path: Path,
    *,
    precision: Precision = FULL,
    device: torch.device = CPU,
    name: str | None = None,
    fallback_config: Path | None = None,
    families: Sequence[Family] = BUILT_IN,
    models: Path | None = None,
    vae: Path | None = None,
) -> LoadedModel:
    """Read, recognise and build; the weights stay in RAM until a part is needed on ``device``.

    ``models`` is the folder of the model folders, where files of missing parts are looked for; ``vae`` is a
    file to take the VAE from if the checkpoint holds none. Raises CorruptFile, UnsupportedModel or
    MissingWeights, each naming the file.
    """
    place = BuildPlace(precision=precision, device=device, fallback_config=fallback_config)
    try:
        files = ModelFiles(path=path, name=name or path.name, pool=TensorPool(read_checkpoint(path)))
        family = recognise(files.shapes, families)
        files.others = find_parts(files.shapes, family.parts, models, {} if vae is None else {VAE: vae})
        model = family.build(files, place)
    except SdapiError as error:
        if path.name in error.message or isinstance(error, Cancelled):
            raise
        raise type(error)(f"{path.name}: {error.message}", field=error.field) from error
    model.vae_path = vae if vae is not None and files.others.get(VAE) == vae else None
    return model
