"""``/api/v1/images``: pictures sent, listed, fetched, changed, deleted."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Annotated, Any, Literal

from anyio.to_thread import run_sync
from fastapi import APIRouter, File, Form, Query, UploadFile
from orjson import Fragment
from pydantic import BaseModel
from starlette.responses import FileResponse

from extensions.invokeai.fields.dtos import ImageDTO
from extensions.invokeai.routes.dialect import INVOKE, refusals
from extensions.invokeai.routes.refused import ENTRIES, PACKS, refuse
from extensions.invokeai.routes.shared import GalleryOf, found
from extensions.invokeai.routes.uploads import keep
from extensions.invokeai.store.images import NO_BOARD, ImageFilter
from extensions.invokeai.store.store import Gallery
from extensions.invokeai.vocabulary.nodes import ImageCategory, ResourceOrigin
from sdapi.plugin import CONTROLS, READS, ApiError, JsonResponse, StateOf, answers, speaks

router = APIRouter(
    prefix="/api/v1/images",
    dependencies=[speaks(INVOKE)],
    tags=["invokeai"],
    responses=answers.NOT_FOUND,
)
UNREADABLE = refusals(_400="a size or metadata that can't be read", _415="no picture that can be read")
FULL: answers.Responses = {200: {"content": answers.binary("image/png")}}
SMALL: answers.Responses = {200: {"content": answers.binary("image/webp")}}
FOREVER = "max-age=31536000"
Order = Literal["ASC", "DESC"]
LARGEST = 2**63 - 1
Categories = Annotated[list[ImageCategory] | None, Query()]


class ImageNames(BaseModel):
    """Names of pictures."""

    image_names: list[str]


class ImageChanges(BaseModel):
    """Changes of a picture; null leaves a value as it is."""

    image_category: ImageCategory | None = None
    session_id: str | None = None
    is_intermediate: bool | None = None
    starred: bool | None = None


@router.post("/upload", status_code=201, dependencies=[CONTROLS], responses=UNREADABLE)
async def upload(
    file: Annotated[UploadFile, File()],
    state: StateOf,
    gallery: GalleryOf,
    image_category: ImageCategory,
    is_intermediate: bool,
    board_id: str | None = None,
    session_id: str | None = None,
    crop_visible: bool = False,
    resize_to: Annotated[str | None, Form()] = None,
    metadata: Annotated[str | None, Form()] = None,
) -> ImageDTO:
    """Keep a picture that a client sends."""
    return await keep(
        gallery,
        state,
        await file.read(),
        category=image_category,
        is_intermediate=is_intermediate,
        board_id=board_id,
        session_id=session_id,
        crop_visible=crop_visible,
        resize_to=resize_to,
        metadata=metadata,
    )


@router.post("/uploads", status_code=201, dependencies=[CONTROLS], responses=UNREADABLE)
async def upload_plainly(
    file: Annotated[UploadFile, File()],
    state: StateOf,
    gallery: GalleryOf,
    image_category: ImageCategory = ImageCategory.USER,
    is_intermediate: bool = False,
    board_id: str | None = None,
    session_id: str | None = None,
) -> ImageDTO:
    """Keep a picture, for clients that give no category."""
    return await keep(
        gallery,
        state,
        await file.read(),
        category=image_category,
        is_intermediate=is_intermediate,
        board_id=board_id,
        session_id=session_id,
    )


def _filter(
    image_origin: ResourceOrigin | None = None,
    categories: Categories = None,
    is_intermediate: bool | None = None,
    board_id: str | None = None,
    search_term: str | None = None,
) -> ImageFilter:
    return ImageFilter(
        origin=image_origin,
        categories=tuple(categories or ()),
        is_intermediate=is_intermediate,
        board_id=board_id,
        search=search_term,
    )


@router.get("", response_model=dict[str, Any])
def list_images(
    gallery: GalleryOf,
    image_origin: ResourceOrigin | None = None,
    categories: Categories = None,
    is_intermediate: bool | None = None,
    board_id: str | None = None,
    search_term: str | None = None,
    offset: Annotated[int, Query(ge=0, le=LARGEST)] = 0,
    limit: Annotated[int, Query(ge=0, le=100_000)] = 10,
    order_dir: Order = "DESC",
    starred_first: bool = True,
) -> JsonResponse:
    """A page of the gallery."""
    which = _filter(image_origin, categories, is_intermediate, board_id, search_term)
    images = gallery.images
    page = images.page(
        which,
        offset=offset,
        limit=limit,
        newest_first=order_dir == "DESC",
        starred_first=starred_first,
    )
    total = images.count(which)
    items = Fragment(page)
    return JsonResponse({"limit": limit, "offset": offset, "total": total, "items": items})


@router.get("/names", response_model=dict[str, Any])
def list_names(
    gallery: GalleryOf,
    image_origin: ResourceOrigin | None = None,
    categories: Categories = None,
    is_intermediate: bool | None = None,
    board_id: str | None = None,
    search_term: str | None = None,
    order_dir: Order = "DESC",
    starred_first: bool = True,
) -> JsonResponse:
    """List the names of all pictures that match."""
    which = _filter(image_origin, categories, is_intermediate, board_id, search_term)
    names = gallery.images.names(which, newest_first=order_dir == "DESC", starred_first=starred_first)
    starred = gallery.images.count(replace(which, starred=True)) if starred_first else 0
    return JsonResponse({"image_names": names, "starred_count": starred, "total_count": len(names)})


@router.post("/images_by_names", dependencies=[READS])
def images_by_names(body: ImageNames, gallery: GalleryOf) -> list[ImageDTO]:
    """Show those of the named pictures that there are."""
    return gallery.images.named(body.image_names)


@router.get("/intermediates")
def count_intermediates(gallery: GalleryOf) -> int:
    """Count intermediate pictures."""
    return gallery.images.count(ImageFilter(is_intermediate=True))


@router.delete("/intermediates", dependencies=[CONTROLS])
def delete_intermediates(gallery: GalleryOf) -> int:
    """Delete intermediate pictures."""
    names = gallery.images.names(ImageFilter(is_intermediate=True))
    return len(_delete(gallery, names)["deleted_images"])


@router.delete("/uncategorized", dependencies=[CONTROLS])
def delete_uncategorized(gallery: GalleryOf) -> dict[str, list[str]]:
    """Delete the pictures on no board."""
    return _delete(gallery, gallery.images.names(ImageFilter(board_id=NO_BOARD)))


@router.get("/i/{image_name}")
def get_image(image_name: str, gallery: GalleryOf) -> ImageDTO:
    """Show the facts about a picture."""
    return found(lambda: gallery.images.get(image_name), "Image")


@router.patch("/i/{image_name}", dependencies=[CONTROLS])
def change_image(image_name: str, body: ImageChanges, gallery: GalleryOf) -> ImageDTO:
    """Change facts about a picture."""
    values = {key: value for key, value in body.model_dump(mode="json").items() if value is not None}
    numbers = {key: int(value) if isinstance(value, bool) else value for key, value in values.items()}
    return found(lambda: gallery.images.change(image_name, **numbers), "Image")


@router.delete("/i/{image_name}", dependencies=[CONTROLS])
def delete_image(image_name: str, gallery: GalleryOf) -> dict[str, list[str]]:
    """Delete a picture."""
    found(lambda: gallery.images.get(image_name), "Image")
    return _delete(gallery, [image_name])


@router.post("/delete", dependencies=[CONTROLS])
def delete_images(body: ImageNames, gallery: GalleryOf) -> dict[str, list[str]]:
    """Delete pictures."""
    return _delete(gallery, body.image_names)


def _delete(gallery: Gallery, names: list[str]) -> dict[str, list[str]]:
    known = gallery.images.named(names)
    gone = [dto.image_name for dto in known if gallery.images.delete(dto.image_name)]
    return {"deleted_images": gone, "affected_boards": _boards(known)}


def _boards(images: list[ImageDTO]) -> list[str]:
    return list(dict.fromkeys(dto.board_id or NO_BOARD for dto in images))


def _star(gallery: Gallery, names: list[str], starred: bool) -> dict[str, list[str]]:
    known = gallery.images.named(names)
    for dto in known:
        gallery.images.change(dto.image_name, starred=int(starred))
    key = "starred_images" if starred else "unstarred_images"
    changed = [dto.image_name for dto in known]
    return {key: changed, "updated_image_names": changed, "affected_boards": _boards(known)}


@router.post("/star", dependencies=[CONTROLS])
def star(body: ImageNames, gallery: GalleryOf) -> dict[str, list[str]]:
    """Star pictures."""
    return _star(gallery, body.image_names, True)


@router.post("/unstar", dependencies=[CONTROLS])
def unstar(body: ImageNames, gallery: GalleryOf) -> dict[str, list[str]]:
    """Take the stars of pictures away."""
    return _star(gallery, body.image_names, False)


@router.get("/i/{image_name}/metadata")
def get_metadata(image_name: str, gallery: GalleryOf) -> dict[str, Any] | None:
    """Show a picture's metadata; null if it has none."""
    text = found(lambda: gallery.images.text(image_name, "metadata"), "Image")
    return json.loads(text) if text else None


@router.get("/i/{image_name}/workflow")
def get_workflow(image_name: str, gallery: GalleryOf) -> dict[str, str | None]:
    """A picture's workflow and graph, as texts."""
    images = gallery.images
    return {name: found(lambda n=name: images.text(image_name, n), "Image") for name in ("workflow", "graph")}


@router.get("/i/{image_name}/urls")
def get_urls(image_name: str, gallery: GalleryOf) -> dict[str, str]:
    """Show the URLs of a picture and its thumbnail."""
    dto = found(lambda: gallery.images.get(image_name), "Image")
    return {"image_name": image_name, "image_url": dto.image_url, "thumbnail_url": dto.thumbnail_url}


async def _file(gallery: Gallery, image_name: str, *, thumbnail: bool) -> FileResponse:
    await run_sync(lambda: found(lambda: gallery.images.get(image_name), "Image"))
    path = gallery.images.files.path(image_name, thumbnail=thumbnail)
    if not path.is_file():
        raise ApiError(404, "Image file not found")
    kind = "image/webp" if thumbnail else "image/png"
    response = FileResponse(path, media_type=kind, filename=image_name, content_disposition_type="inline")
    response.headers["Cache-Control"] = FOREVER
    return response


@router.get("/i/{image_name}/full", response_class=FileResponse, responses=FULL)
@router.head("/i/{image_name}/full", response_class=FileResponse, include_in_schema=False)
async def get_full(image_name: str, gallery: GalleryOf) -> FileResponse:
    """Send the picture as PNG."""
    return await _file(gallery, image_name, thumbnail=False)


@router.get("/i/{image_name}/thumbnail", response_class=FileResponse, responses=SMALL)
async def get_thumbnail(image_name: str, gallery: GalleryOf) -> FileResponse:
    """Send the picture's thumbnail as WebP."""
    return await _file(gallery, image_name, thumbnail=True)


refuse(router, PACKS, "POST /download")
refuse(router, ENTRIES, "POST /")
