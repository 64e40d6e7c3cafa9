"""``POST /controlnet/detect`` in the engine: maps of preprocessors with weights, poses and embeddings too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from extensions.controlnet.image_prompts.embed import embed_picture
from extensions.controlnet.image_prompts.embedding_file import write_embedding
from extensions.controlnet.image_prompts.layout import EMBEDDERS, STYLE
from extensions.controlnet.maps.algorithms import Sliders
from extensions.controlnet.maps.damage import naming
from extensions.controlnet.maps.run import loaded_preprocessor, run_preprocessor
from extensions.controlnet.preprocessors.modules import Module, find_module
from extensions.controlnet.preprocessors.unavailable import unavailable
from extensions.controlnet.units.pictures import Array, shown
from pipelines.contract.control import JobControl
from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import ExtensionRequest, ExtrasResult
from pipelines.jobs.heed import heeding
from pipelines.pictures.decode import decode_image
from pipelines.pictures.encode import encode_image

if TYPE_CHECKING:
    from pipelines.generation.reporter import Reporter
    from pipelines.generation.services import Services

FIELD = "controlnet_module"
POSES, TENSORS = "poses", "tensor"


def detect_pictures(
    request: ExtensionRequest, services: Services, control: JobControl, reporter: Reporter
) -> ExtrasResult:
    """The maps of all pictures; ``found`` has poses, or embeddings in place of maps.

    A fourth channel of the pictures is their mask. Raises MissingWeights, UnsupportedModel, CorruptFile.
    """
    module = find_module(str(request.arguments["module"]))
    if module is None:
        raise InvalidRequest("Module not available", field=FIELD)
    parameters = Sliders(**dict(request.arguments["parameters"]), random=services.random)
    reporter.job("controlnet detect", batches=len(request.images))
    images: list[bytes] = []
    found: dict[str, list[Any]] = {}
    for data in heeding(request.images):
        if control.interrupted:
            break
        array = np.array(decode_image(data, field="controlnet_input_images"))
        with naming(FIELD):
            if module.tensor:
                found.setdefault(TENSORS, []).append(_embedding(module, array, parameters, request, services))
            else:
                images.append(_map(module, array, parameters, request, services))
                poses = loaded_preprocessor(services).poses
                if poses is not None:
                    found.setdefault(POSES, []).append(poses)
        reporter.end_batch()
    return ExtrasResult(images=tuple(images), found=found)


def _map(
    module: Module, array: Array, parameters: Sliders, request: ExtensionRequest, services: Services
) -> bytes:
    made = run_preprocessor(module, array, parameters, services, request.options)
    picture = Image.fromarray(made[:, :, :3]) if module.key.endswith("+lama") else shown(made)
    return encode_image(picture, request.output.samples_format, infotext=None)


def _embedding(
    module: Module, array: Array, parameters: Sliders, request: ExtensionRequest, services: Services
) -> str:
    """A base64 torch file, for ``ipadapter_input``."""
    if module.key not in (*EMBEDDERS, STYLE):
        raise unavailable(module)
    made = embed_picture(module, array, services, request.options, resolution=parameters.resolution)
    return write_embedding(made)
