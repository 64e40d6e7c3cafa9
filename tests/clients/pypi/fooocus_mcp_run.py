"""mcp-fooocus-api as a tool server over stdio: its tools, and a picture by the one that draws."""

# pyright: reportMissingImports=false

from __future__ import annotations

import asyncio
import os
import sys
import urllib.request
from typing import Any

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

URL = os.environ["SERVER_URL"].rstrip("/")
SERVER = StdioServerParameters(
    command=sys.executable,
    args=["-m", "mcp_fooocus_api"],
    env={**os.environ, "FOOOCUS_API_URL": f"{URL}/v1/generation/text-to-image"},
)


async def main() -> None:
    async with stdio_client(SERVER) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        tools = {tool.name: tool for tool in (await session.list_tools()).tools}
        for name in tools.keys() - {"generate_image"}:
            needed: Any = tools[name].inputSchema.get("required", [])
            answer: Any = await session.call_tool(name, dict.fromkeys(needed, "a red circle"))
            assert not answer.isError, answer
        wish = {"prompt": "a red circle", "performance": "Speed", "aspect_ratio": "64*64"}
        drawn: Any = await session.call_tool("generate_image", wish)
        assert not drawn.isError, drawn
        told = "\n".join(part.text for part in drawn.content)
        print(told)
        link = next(word for word in told.replace('"', " ").split() if "/files/" in word)
        with urllib.request.urlopen(link.rstrip(",")) as found:
            assert found.read(4) == b"\x89PNG"


asyncio.run(main())
