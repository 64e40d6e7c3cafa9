"""Prepare IP-Adapter units: choose their preprocessors, embed their pictures, check that these fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from extensions.controlnet.image_prompts.choice import adapter_preprocessor
from extensions.controlnet.image_prompts.embedding_file import read_embedding
from extensions.controlnet.image_prompts.inputs import inputs
from extensions.controlnet.image_prompts.layout import AdapterLayout
from extensions.controlnet.maps.embedding import PictureEmbedding, PortraitEmbedding
from extensions.controlnet.prepare.control_picture import choose_picture
from extensions.controlnet.prepare.prepared import PreparedUnit, pixel_perfect, region_mask
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.units.catalog import ControlFile
from extensions.controlnet.units.detect import ControlKind
from extensions.controlnet.units.pictures import Array
from extensions.controlnet.units.unit import Unit
from pipelines.plugin import GenerationRequest, InvalidRequest


def prepare_adapter(
    unit: Unit,
    request: GenerationRequest,
    size: tuple[int, int],
    *,
    file: ControlFile,
    layout: AdapterLayout,
    embed: Callable[[Preprocessor, Array, float], PictureEmbedding],
) -> PreparedUnit:
    """Embed a unit's pictures; ``embed`` gets the resolution too. Raises InvalidRequest, MissingWeights."""
    if unit.ipadapter_input:
        return _prepared(unit, file, layout, given_embeddings(unit, layout), ())
    preprocessor = adapter_preprocessor(unit, layout, file)
    singles = [replace(unit, preprocessor=preprocessor, sources=(one,)) for one in unit.sources]
    embeddings: list[PictureEmbedding] = []
    shown: list[Array] = []
    for single in singles or [replace(unit, preprocessor=preprocessor)]:
        picture, mode = choose_picture(single, request)
        resolution = pixel_perfect(picture, *size, mode) if unit.pixel_perfect else unit.processor_res
        embeddings.append(embed(preprocessor, picture, resolution))
        face = embeddings[-1].face if isinstance(embeddings[-1], PortraitEmbedding) else None
        shown.append(picture[:, :, :3] if face is None else face)
    return _prepared(unit, file, layout, tuple(embeddings), tuple(shown))


def given_embeddings(unit: Unit, layout: AdapterLayout) -> tuple[PictureEmbedding, ...]:
    """The embeddings that a client sent, as the detect route gave them. Raises InvalidRequest."""
    place = f"{unit.field}.ipadapter_input"
    found = [read_embedding(text, field=place) for text in unit.ipadapter_input]
    if not layout.pooled and not all(complete for _, complete in found):
        text = "it was made elsewhere and lacks what CLIP sees in no picture: send the picture instead"
        raise InvalidRequest(text, field=place)
    return tuple(embedding for embedding, _ in found)


def _prepared(
    unit: Unit,
    file: ControlFile,
    layout: AdapterLayout,
    embeddings: tuple[PictureEmbedding, ...],
    shown: tuple[Array, ...],
) -> PreparedUnit:
    for embedding in embeddings:
        _require_fitting(unit, file, layout, embedding)
    source = shown[0] if shown else np.zeros((8, 8, 3), np.uint8)
    return PreparedUnit(
        unit=unit,
        file=file,
        kind=ControlKind.IP_ADAPTER,
        source=source,
        base=source,
        region=region_mask(unit),
        embeddings=embeddings,
        pictures=shown,
    )


def _require_fitting(
    unit: Unit, file: ControlFile, layout: AdapterLayout, embedding: PictureEmbedding
) -> None:
    """Raise InvalidRequest for an embedding of another kind or width than the adapter's."""
    given = unit.ipadapter_input
    place = f"{unit.field}.{'ipadapter_input' if given else 'module'}"
    source = "ipadapter_input" if given else unit.preprocessor.title
    advice = f"choose {layout.preprocessor or 'another preprocessor'}"
    values = inputs(layout, embedding)
    if values is None:
        text = f"{source} does not hold what {file.stem} ({layout.projector.value}) takes"
        raise InvalidRequest(f"{text}: {advice}", field=place)
    widths = tuple(int(value.shape[-1]) for value in values)
    if widths != layout.widths:
        text = f"{source} gives {_words(widths)} numbers where {file.stem} takes {_words(layout.widths)}"
        raise InvalidRequest(f"{text}: {advice}", field=place)


def _words(widths: Sequence[int]) -> str:
    return " + ".join(map(str, widths))
