"""Drives the routes of the package invokeai-py-client; what fails by the client's own doing is left out.

Left out: ``health_check`` and ``download_workflow`` ask for paths that InvokeAI has not; ``get_current``
can't read null; ``upload_workflow`` sends a workflow without the key that InvokeAI wants around it.
"""
# pyright: basic, reportMissingImports=false

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import invokeai_py_client.quick.quick_client as quick
from invokeai_py_client import InvokeAIClient
from invokeai_py_client.workflow import WorkflowDefinition
from invokeai_py_client.workflow.workflow_handle import WorkflowHandle
from PIL import Image

SIDE = 64


def png() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (SIDE, SIDE), "red").save(buffer, "PNG")
    return buffer.getvalue()


def boards(client: InvokeAIClient) -> None:
    repo = client.board_repo
    handle = repo.create_board("of invokeai-py-client")
    other = repo.create_board("another")
    assert {handle.board_id, other.board_id} <= {board.board_id for board in repo.list_boards()}
    image = handle.upload_image_data(png(), "red.png")
    assert handle.list_images() == [image.image_name]
    assert handle.download_image(image.image_name) == handle.download_image(image.image_name)
    assert handle.download_image(image.image_name, full_resolution=False)[8:12] == b"WEBP"
    assert handle.star_image(image.image_name) and handle.unstar_image(image.image_name)
    assert handle.move_image_to(image.image_name, other.board_id)
    assert repo.get_image_current_board_id(image.image_name) == other.board_id
    assert repo.move_image_to_board_by_name(image.image_name, "of invokeai-py-client")
    assert handle.remove_image(image.image_name)
    assert image.image_name in repo.get_uncategorized_handle().list_images()
    copied = quick.QuickClient(client).copy_image_to_board(image.image_name, other.board_id)
    assert copied is not None and copied.board_id == other.board_id
    repo.clear_cache()
    assert repo.get_board_by_id(other.board_id).image_count == 1
    assert repo.get_uncategorized_handle().delete_image(image.image_name)
    assert repo.delete_board(other.board_id, delete_images=True)
    assert repo.get_image_by_name(copied.image_name) is None
    assert repo.delete_board(handle.board_id)


def refusal(call: Callable[[], object]) -> str:
    """The client's message of a refusal."""
    try:
        call()
    except Exception as error:
        return str(error)
    raise AssertionError("it was not refused")


def models(client: InvokeAIClient) -> None:
    repo = client.dnn_model_repo
    listed = repo.list_models()
    main = next(model for model in listed if str(getattr(model.base, "value", model.base)) == "sdxl")
    assert repo.get_model_by_key(main.key).name == main.name
    assert repo.get_model_by_key("nothing") is None
    assert repo.scan_folder(str(Path(main.path).parent))
    assert repo.list_install_jobs() == [] and repo.get_install_job(1) is None
    assert repo.prune_install_jobs()
    assert repo.get_stats() is None
    assert repo.hf_status().value == "unknown"
    assert repo.empty_model_cache()
    for call in (lambda: repo.convert_model(main.key), lambda: repo.install_model("owner/name")):
        said = refusal(call)
        assert "405" in said or "folders" in said, said


def drawing(client: InvokeAIClient) -> None:
    made = quick.QuickClient(client).generate_image_sdxl_t2i("a red circle", "", SIDE, SIDE, steps=2)
    assert made is not None and (made.width, made.height) == (SIDE, SIDE)
    queue = client.queue_repo.get_queue("default")
    assert not queue.is_busy() and queue.count_running() == 0
    item = queue.list_all()[-1]
    assert queue.get_item(item.item_id).is_successful()
    assert [job.item_id for job in queue.get_items_by_ids([item.item_id])] == [item.item_id]
    assert queue.wait_until_idle(timeout=30)
    assert queue.cancel_all_except_current().canceled == 0
    assert queue.prune().deleted >= 1
    assert queue.clear().deleted == 0


def text_to_image(client: InvokeAIClient, steps: int) -> WorkflowHandle:
    """The package's own workflow, filled in."""
    path = Path(quick.__file__).parent / "prebuilt-workflows" / "sdxl-text-to-image.json"
    flow = client.workflow_repo.create_workflow(WorkflowDefinition.from_file(path))
    flow.sync_dnn_model(by_name=True, by_base=True)
    main = next(m for m in client.dnn_model_repo.list_models() if m.name == "tiny-sdxl")
    for one in flow.list_inputs():
        value = flow.get_input_value(one.input_index)
        if one.field_name == "model":
            value.key, value.hash, value.name = main.key, main.hash, main.name
        elif one.field_name in ("width", "height"):
            value.value = SIDE
        elif one.field_name == "steps":
            value.value = steps
        elif one.field_name == "board":
            value.value = "none"
    return flow


def events(client: InvokeAIClient) -> None:
    """By socket.io; the client subscribes when the graph is queued already, and may miss what comes first."""
    heard: list[str] = []

    async def run() -> None:
        flow = text_to_image(client, 2)
        await flow.submit(
            subscribe_events=True,
            on_invocation_started=lambda event: heard.append("started"),
            on_invocation_progress=lambda event: heard.append("progress"),
            on_invocation_complete=lambda event: heard.append("complete"),
            on_invocation_error=lambda event: heard.append("error"),
        )
        await flow.wait_for_completion(timeout=120)

    asyncio.run(run())
    assert "error" not in heard and {"started", "progress"} <= set(heard) and heard[-1] == "complete", heard


def every_event(_: InvokeAIClient) -> None:
    """The same over a client's socket that listens before anything is queued."""
    client, heard = connected(), list[tuple[str, str]]()

    def hear(name: str) -> Callable[[dict[str, Any]], None]:
        return lambda event: heard.append((name, event["invocation_source_id"]))

    async def run() -> dict[str, Any]:
        socket = await client.connect_socketio()
        for name in ("started", "progress", "complete", "error"):
            socket.on(f"invocation_{name}", hear(name))
        await socket.call("subscribe_queue", {"queue_id": "default"})
        flow = text_to_image(client, 3)
        await flow.submit()
        item = await flow.wait_for_completion(timeout=120)
        await client.disconnect_socketio()
        return item

    nodes = list(asyncio.run(run())["session"]["graph"]["nodes"])
    for name in ("started", "complete"):
        assert sorted(node for what, node in heard if what == name) == sorted(nodes), heard
    running = ""
    for name, node in heard:
        assert name != "error" and (running == "" if name == "started" else running == node), heard
        running = "" if name == "complete" else node


def connected() -> InvokeAIClient:
    """A client of the server."""
    return InvokeAIClient.from_url(os.environ["SERVER_URL"], api_key="of no use here")


def main() -> None:
    client = connected()
    for part in (boards, models, drawing, events, every_event):
        part(client)
        print(part.__name__, "works")


main()
