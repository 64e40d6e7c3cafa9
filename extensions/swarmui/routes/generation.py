"""The routes GenerateText2Image and AddImageToHistory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter

from extensions.swarmui.parameters.request import flat
from extensions.swarmui.routes.answers import AddedAnswer, PicturesAnswer
from extensions.swarmui.routes.bodies import AddedImage, SwarmGeneration
from extensions.swarmui.runs.begin import begin, read
from extensions.swarmui.runs.made import MadePicture
from extensions.swarmui.runs.run import SwarmRun
from extensions.swarmui.sessions.session import SessionOf
from extensions.swarmui.words.errors import SWARM, SwarmFault
from pipelines.plugin import JobView
from sdapi.plugin import MAKES, JsonResponse, JsonRoute, speaks

router = APIRouter(prefix="/API", route_class=JsonRoute, dependencies=[speaks(SWARM), MAKES])


@dataclass(slots=True)
class Collector:
    """Keeps the pictures of one request until all are there."""

    made: list[MadePicture] = field(default_factory=list[MadePicture])

    def progressed(self, run: SwarmRun, index: int, view: JobView) -> None:
        """Do nothing: the answer has pictures alone."""

    def counted(self) -> None:
        """Do nothing: the answer has no counts."""

    async def picture(self, run: SwarmRun, made: MadePicture) -> None:
        """Keep a picture for the answer."""
        self.made.append(made)

    async def failed(self, run: SwarmRun, error: Exception) -> None:
        """Do nothing: the run keeps its errors, and the route raises the first."""

    def images(self) -> list[str]:
        """Return the addresses of all pictures in the order of the request."""
        return [made.image for made in sorted(self.made, key=lambda made: made.index)]


@router.post("/GenerateText2Image", response_model=PicturesAnswer | SwarmFault)
async def generate_text_to_image(body: SwarmGeneration, session: SessionOf) -> JsonResponse:
    """Make pictures, and answer when all are there."""
    collector = Collector()
    run = await begin(given(body), session, collector)
    await run.work()
    if run.errors and not (run.request.get("continueaftererrors", False) and collector.made):
        raise run.errors[0]
    return JsonResponse({"images": collector.images(), **told(run.warnings)})


@router.post("/AddImageToHistory", response_model=AddedAnswer | SwarmFault)
async def add_image_to_history(body: AddedImage, session: SessionOf) -> JsonResponse:
    """Keep a picture of the client's own, with metadata of the parameters."""
    whole = flat(given(body))
    picture = await session.state.images.read(str(whole.pop("image")), field="image")
    _, request, making = await run_sync(read, whole, session)
    made = await run_sync(making.picture, picture, 0, request.values, {})
    frame = {"image": made.image, "batch_index": "0", "metadata": made.metadata}
    return JsonResponse({"images": [frame], **told(request.warnings)})


def given(body: SwarmGeneration) -> dict[str, Any]:
    """Return the body as it was sent, with fields that the schema doesn't name."""
    return body.model_dump(exclude_unset=True)


def told(warnings: list[str] | tuple[str, ...]) -> dict[str, list[str]]:
    """Return the field ``warnings`` in this dialect's names; empty without warnings."""
    return {"warnings": [SWARM.fields.of(text) for text in warnings]} if warnings else {}
