"""Drives every route of the package invokeai-python; what fails by the client's own doing is left out.

Left out: ``boards.list`` wants ``results`` where InvokeAI has ``items``; ``delete_board`` and
``remove_image_from_board`` hand a dict over as a query; ``get_image`` reads a response that is closed.
"""
# pyright: basic, reportMissingImports=false

from __future__ import annotations

import asyncio
import os
import struct
import zlib
from collections.abc import Awaitable
from typing import Any

from invoke import Invoke


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PICTURE = (
    b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 1, 8, 2, 0, 0, 0))
    + chunk(b"IDAT", zlib.compress(b"\0" + b"\xff\0\0" * 2))
    + chunk(b"IEND", b"")
)
"""A row of two red pixels."""
GRAPH: dict[str, Any] = {
    "id": "g",
    "nodes": {
        "blank": {"id": "blank", "type": "blank_image", "width": 16, "height": 8, "is_intermediate": True},
        "kept": {"id": "kept", "type": "save_image", "board": {"board_id": "none"}},
    },
    "edges": [
        {
            "source": {"node_id": "blank", "field": "image"},
            "destination": {"node_id": "kept", "field": "image"},
        }
    ],
}


async def refused(call: Awaitable[Any], status: int) -> None:
    """The server says no, and says why."""
    said = ""
    try:
        await call
    except Exception as error:
        said = str(error)
    assert f"Server status: {status}" in said and "detail" in said, said


async def app(invoke: Invoke) -> None:
    assert await invoke.wait_invoke(timeout=60)
    assert (await invoke.app.app_deps()).python
    assert "tile" in (await invoke.app.config()).infill_methods
    assert await invoke.app.get_log_level() > 0
    assert await invoke.app.set_log_level(20) == 20  # type: ignore[arg-type]
    await invoke.app.disable_invocation_cache()
    assert not (await invoke.app.get_invocation_cache_status()).enabled
    await invoke.app.enable_invocation_cache()
    await invoke.app.clear_invocation_cache()
    assert (await invoke.app.get_invocation_cache_status()).enabled
    found = await invoke.utilities.parse_dynamic_prompts("a {red|blue} ball")
    assert found.prompts == ["a red ball", "a blue ball"]


async def models(invoke: Invoke) -> None:
    listed = await invoke.models.list()
    main = next(model for model in listed if model.type == "main" and model.base == "sd-1")
    assert (await invoke.models.get_by_key(main.key)).name == main.name
    assert (await invoke.models.get_by_attributes(main.name, main.type, main.base)).key == main.key
    assert await invoke.models.scan_folder(os.path.dirname(main.path))
    assert await invoke.models.list_install_jobs() == []
    await invoke.models.prune_completed_jobs()
    await invoke.wait_install_models()
    assert (await invoke.models.get_starter_models()).starter_models == []
    await refused(invoke.models.install("owner/name"), 405)
    await refused(invoke.models.convert(main.key), 405)
    await refused(invoke.models.update(main.key, name="other"), 405)
    await refused(invoke.models.delete(main.key), 405)
    await refused(invoke.models.delete_image(main.key), 405)
    await refused(invoke.models.get_install_job("1"), 404)
    assert await invoke.downloadQueue.list() == []
    await refused(invoke.downloadQueue.download("http://127.0.0.1/x", "there"), 405)
    await refused(invoke.downloadQueue.get_job(1), 404)


async def images(invoke: Invoke) -> None:
    board = await invoke.boards.create("of invokeai-python")
    dto = await invoke.images.upload(PICTURE, board_id=board.board_id)
    name = dto.image_name
    assert (await invoke.images.get_image_dto(name)).board_id == board.board_id
    assert await invoke.images.get_metadata(name) is None
    assert set(await invoke.images.get_workflow(name)) == {"workflow", "graph"}
    assert (await invoke.images.get_full(name))[:4] == b"\x89PNG"
    assert (await invoke.images.get_thumbnail(name))[8:12] == b"WEBP"
    assert (await invoke.images.get_urls(name)).image_url == dto.image_url
    assert (await invoke.images.list_image_dtos(board_id=board.board_id)).total == 1
    assert await invoke.images.star_list([name]) == await invoke.images.unstar_list([name]) == [name]
    assert await invoke.images.get_intermediates_count() >= 0
    assert await invoke.images.clear_intermediates() >= 0
    await refused(invoke.images.download_list([name]), 405)
    assert await invoke.boards.list_board_image_names(board.board_id) == [name]
    await invoke.boards.remove_images_from_board([name], board.board_id)
    await invoke.boards.add_images_to_board([name], board.board_id)
    await invoke.boards.add_image_to_board(name, board.board_id)
    assert (await invoke.boards.get_board(board.board_id)).image_count == 1
    assert await invoke.images.delete_by_list([name]) == [name]
    await refused(invoke.images.get_image_dto(name), 404)


async def queue(invoke: Invoke) -> None:
    batch = await invoke.queue.enqueue_batch({"batch": {"graph": GRAPH, "runs": 1, "destination": "here"}})
    await invoke.wait_batch(batch)
    status = await invoke.queue.get_batch_status(batch.batch.batch_id)
    assert (status.completed, status.total) == (1, 1)
    listed = await invoke.queue.list(limit=100)
    item = await invoke.queue.get_queue_item(listed.items[-1].item_id)
    assert item.status == "completed"
    assert (await invoke.queue.cancel_queue_item(item.item_id)).status == "completed"
    assert (await invoke.queue.get_queue_status()).queue.completed >= 1
    assert (await invoke.queue.resume()).is_started
    await refused(invoke.queue.pause(), 405)
    assert await invoke.queue.cancel_by_destination("here") == 0
    assert await invoke.queue.prune() >= 1
    assert await invoke.queue.clear() == 0
    (newest,) = (await invoke.images.list_image_dtos(limit=1, is_intermediate=False)).items
    assert (newest.width, newest.height) == (16, 8)


async def main() -> None:
    async with Invoke(os.environ["SERVER_URL"]) as invoke:
        for part in (app, models, images, queue):
            await part(invoke)
            print(part.__name__, "works")


asyncio.run(main())
