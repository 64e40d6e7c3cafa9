"""The weights that repaint with a checkpoint that wasn't made for it: a head, and a patch of the network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from extensions.fooocus.drawing.checkpoint import model_of
from extensions.fooocus.kinds import FooocusRequest
from extensions.fooocus.steering.call import InpaintFiles
from extensions.fooocus.steering.sizes import is_sized

if TYPE_CHECKING:
    from pipelines.plugin import Services

FOLDER = "inpaint"
HEAD = "fooocus_inpaint_head.pth"
PATCHES = {
    "v1": "inpaint.fooocus.patch",
    "v2.5": "inpaint_v25.fooocus.patch",
    "v2.6": "inpaint_v26.fooocus.patch",
}
OTHER = "inpaint_engine: {} is for checkpoints of SDXL: this one paints by masked sampling"
MISSING = "inpaint_engine: {} needs {} in {}: without it the checkpoint paints by masked sampling"
Warn = Callable[[str], None]


def engine_files(request: FooocusRequest, engine: str, services: Services, warn: Warn) -> InpaintFiles | None:
    """The files of a version; None, with the reason told, where masked sampling does it alone.

    A checkpoint with inpainting channels of its own needs neither.
    """
    if not engine:
        return None
    model = model_of(request, services)
    if model.conditioning == "inpaint":
        return None
    if not is_sized(model):
        warn(OTHER.format(engine))
        return None
    folder = services.settings.folders.models / FOLDER
    files = folder / HEAD, folder / PATCHES[engine]
    missing = [file.name for file in files if not file.is_file()]
    if missing:
        warn(MISSING.format(engine, " and ".join(missing), Path(*folder.parts[-2:])))
        return None
    head, patch = files
    return InpaintFiles(head=str(head), patch=str(patch))
