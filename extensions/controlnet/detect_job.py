"""``POST /controlnet/detect`` in the engine: maps of preprocessors with weights, poses and embeddings too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from extensions.controlnet.image_prompts.embed import embed_picture
from extensions.controlnet.image_prompts.embedding_file import write_embedding
from extensions.controlnet.kinds import DetectRequest, DetectResult
from extensions.controlnet.maps.damage import naming
from extensions.controlnet.maps.run import loaded_preprocessor, run_preprocessor
from extensions.controlnet.maps.sliders import Sliders
from extensions.controlnet.preprocessors.effects import RepaintEffect
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.preprocessors.table import find_preprocessor
from extensions.controlnet.units.pictures import Array, shown
from pipelines.plugin import Work, decode_picture, encode_picture, pause, report

if TYPE_CHECKING:
    from pipelines.plugin import Services, WorkContext

FIELD = "controlnet_module"
POSES, TENSORS = "poses", "tensor"


def detect_pictures(request: DetectRequest, context: WorkContext) -> Work[DetectResult]:
    """The maps of all pictures; ``found`` has poses, or embeddings in place of maps.

    A fourth channel of the pictures is their mask. Raises MissingWeights, UnsupportedModel, CorruptFile.
    """
    services = context.services
    preprocessor = find_preprocessor(request.module)
    assert preprocessor is not None, request.module  # the route names those of the table
    parameters = Sliders(resolution=request.resolution, a=request.a, b=request.b, random=services.random)
    context.reporter.job("controlnet detect", batches=len(request.images))
    pictures: list[bytes] = []
    found: dict[str, list[Any]] = {}
    for data in request.images:
        yield from pause()
        if context.control.interrupted:
            break
        array = np.array(decode_picture(data, field="controlnet_input_images"))
        with naming(FIELD):
            if preprocessor.embeds:
                found.setdefault(TENSORS, []).append(
                    _embedding(preprocessor, array, parameters, request, services)
                )
            else:
                pictures.append(_map(preprocessor, array, parameters, request, services))
                poses = loaded_preprocessor(services).poses
                if poses is not None:
                    found.setdefault(POSES, []).append(poses)
        yield from report(batch_done=True)
    return DetectResult(images=tuple(pictures), found=found)


def _map(
    preprocessor: Preprocessor, array: Array, parameters: Sliders, request: DetectRequest, services: Services
) -> bytes:
    made = run_preprocessor(preprocessor, array, parameters, services, request.options)
    effect = preprocessor.effect
    filled = isinstance(effect, RepaintEffect) and effect.filled
    picture = Image.fromarray(made[:, :, :3]) if filled else shown(made)
    return encode_picture(picture, request.output.samples_format, infotext=None)


def _embedding(
    preprocessor: Preprocessor, array: Array, parameters: Sliders, request: DetectRequest, services: Services
) -> str:
    """A base64 torch file, for ``ipadapter_input``."""
    made = embed_picture(preprocessor, array, services, request.options, resolution=parameters.resolution)
    return write_embedding(made)
