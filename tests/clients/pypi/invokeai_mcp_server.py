"""Drives every tool of the package invokeai-mcp-server through the protocol's own session."""
# pyright: basic, reportMissingImports=false

from __future__ import annotations

import asyncio
import io
import os
import sys
import tempfile
from pathlib import Path

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from PIL import Image

START = (
    "import asyncio, invokeai_mcp_server as s; "
    f"s.INVOKEAI_BASE_URL = {os.environ['SERVER_URL'].rstrip('/')!r}; asyncio.run(s.main())"
)
SIZES = {"width": 64, "height": 64, "steps": 2}


async def ask(session: ClientSession, tool: str, **arguments: object) -> str:
    answer = await session.call_tool(tool, arguments)
    text = answer.content[0].text
    assert not text.startswith("Error"), text
    return text


async def completed(session: ClientSession) -> int:
    """The number of items of the queue that are done."""
    return int((await ask(session, "get_queue_status")).partition('"completed": ')[2].partition(",")[0])


async def drive(session: ClientSession, folder: Path) -> None:
    await session.initialize()
    before = await completed(session)
    listed = await ask(session, "list_models", model_type="main")
    key = next(line for line in listed.splitlines() if "sdxl" in line).partition("key: ")[2].partition(",")[0]
    made = await ask(session, "generate_image", prompt="a red circle", **SIZES)
    name = made.partition("Image Name: ")[2].split()[0]
    assert f"/api/v1/images/i/{name}/full" in made
    assert "generated" in await ask(session, "generate_image", prompt="a circle", model_key=key, **SIZES)
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), "blue").save(buffer, "PNG")
    (folder / "blue.png").write_bytes(buffer.getvalue())
    path = str(folder / "blue.png")
    assert "completed" in await ask(session, "img2img", image_path=path, prompt="a circle", steps=2)
    assert "completed" in await ask(session, "img2img", image_path=name, prompt="a circle", steps=2)
    assert await completed(session) == before + 4
    no_upscaler = (await session.call_tool("upscale_image", {"image_path": name})).content[0].text
    assert no_upscaler.startswith("Error: No upscaling model"), no_upscaler


async def main() -> None:
    server = StdioServerParameters(command=sys.executable, args=["-c", START], env=dict(os.environ))
    with tempfile.TemporaryDirectory() as folder:
        async with stdio_client(server) as streams, ClientSession(*streams) as session:
            await drive(session, Path(folder))
    print("all tools work")


asyncio.run(main())
