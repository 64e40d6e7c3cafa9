"""The routes ListImages, DeleteImage, ToggleImageStarred and OpenImageFolder."""

from __future__ import annotations

from pathlib import Path

from anyio.to_thread import run_sync
from fastapi import APIRouter

from extensions.swarmui.history.index import PictureIndex
from extensions.swarmui.history.listing import ListingWish, list_pictures
from extensions.swarmui.history.stars import delete_picture, find_picture, toggle_star
from extensions.swarmui.routes.answers import PicturesListing, StarAnswer, Success
from extensions.swarmui.routes.bodies import PathBody, PictureListing
from extensions.swarmui.sessions.session import SessionOf, SwarmSession
from extensions.swarmui.store.settings import UserSettings
from extensions.swarmui.words.errors import SWARM, SwarmFault
from pipelines.plugin import InvalidRequest
from sdapi.plugin import CONTROLS, READS, JsonResponse, JsonRoute, speaks

router = APIRouter(prefix="/API", route_class=JsonRoute, dependencies=[speaks(SWARM)])


@router.post("/ListImages", response_model=PicturesListing | SwarmFault, dependencies=[READS])
async def list_images(body: PictureListing, session: SessionOf) -> JsonResponse:
    """List folders and pictures below a path."""
    return JsonResponse(await run_sync(_listing, body, session))


def _listing(body: PictureListing, session: SwarmSession) -> dict[str, object]:
    settings = UserSettings(session.server.kept, session.user).values()
    wish = ListingWish(
        path=body.path,
        depth=body.depth,
        sort=body.sortBy,
        rising=body.sortReverse,
        most=int(settings["maximagesinhistory"]),
        flat_stars=bool(settings["starnofolders"]),
    )
    return list_pictures(session.folder, wish, PictureIndex(session.server.database))


@router.post("/DeleteImage", response_model=Success | SwarmFault, dependencies=[CONTROLS])
async def delete_image(body: PathBody, session: SessionOf) -> JsonResponse:
    """Remove a picture; its starred copy stays."""
    await run_sync(delete_picture, session.folder, body.path)
    return JsonResponse({"success": True})


@router.post("/ToggleImageStarred", response_model=StarAnswer | SwarmFault, dependencies=[CONTROLS])
async def toggle_image_starred(body: PathBody, session: SessionOf) -> JsonResponse:
    """Star a picture, or take its star away."""
    return JsonResponse({"new_state": await run_sync(_toggled, session.folder, body.path, session)})


def _toggled(root: Path, path: str, session: SwarmSession) -> bool:
    settings = UserSettings(session.server.kept, session.user).values()
    return toggle_star(root, path, flat=bool(settings["starnofolders"]))


@router.post("/OpenImageFolder", response_model=Success | SwarmFault)
async def open_image_folder(body: PathBody, session: SessionOf) -> JsonResponse:
    """Refuse: a server has no desktop. A picture that doesn't exist is another error. For admins."""
    await run_sync(find_picture, session.folder, body.path, "open")
    raise InvalidRequest("Cannot open image folder on this OS.")
