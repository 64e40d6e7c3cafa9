"""``generate_mask`` in the engine: one mask of one picture."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from extensions.fooocus.drawing.finding import found_mask
from extensions.fooocus.drawing.reading import as_png, flat
from extensions.fooocus.masking import MaskRequest, MaskResult
from pipelines.plugin import Work, pause

if TYPE_CHECKING:
    from pipelines.plugin import WorkContext

NAME = "fooocus mask"
log = logging.getLogger(__name__)


def make_mask(request: MaskRequest, context: WorkContext) -> Work[MaskResult]:
    """The mask as PNG. Raises MissingWeights, CorruptFile, InvalidRequest."""
    context.reporter.job(NAME, batches=1)
    yield from pause()
    picture = flat(request.image, field="image")
    # the answer is a bare text, which has no place for warnings
    mask = yield from found_mask(picture, request.wish, context, log.warning)
    return MaskResult(image=as_png(mask))
