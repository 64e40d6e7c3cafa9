"""Drive both SwarmUI clients of tldw-chatbook; runs in an environment of its own, with SERVER_URL set.

The package's own initialisers want its whole application, so that empty packages stand in for them.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import os
import sys
import types
from dataclasses import replace
from pathlib import Path
from typing import Any

URL = os.environ["SERVER_URL"].rstrip("/")
PACKAGE = "tldw_chatbook"
HOLLOW = ("", ".Utils", ".Image_Generation", ".Image_Generation.adapters", ".Media_Creation")
SMALL: dict[str, Any] = {"width": 64, "height": 64, "steps": 2, "seed": 3}


def hollow() -> None:
    """Put empty packages where its own would be loaded."""
    found = importlib.util.find_spec(PACKAGE)
    assert found is not None and found.submodule_search_locations
    root = Path(found.submodule_search_locations[0])
    for ending in HOLLOW:
        module = types.ModuleType(PACKAGE + ending)
        module.__path__ = [str(root.joinpath(*ending.split(".")[1:]))]
        sys.modules[PACKAGE + ending] = module


def adapter(settings: dict[str, Any]) -> Any:
    """The adapter with this server in its settings."""
    module: Any = importlib.import_module(f"{PACKAGE}.Image_Generation.adapters.swarmui_adapter")
    usual = module.get_image_generation_config()
    module.get_image_generation_config = lambda: replace(usual, swarmui_base_url=URL, **settings)
    return module


def draw(module: Any, one: Any, **more: Any) -> None:
    """A picture by the adapter."""
    values = {
        "negative_prompt": "blue",
        "cfg_scale": 5.0,
        "sampler": "euler",
        "model": "tiny-sd1",
        **SMALL,
        **more,
    }
    wish = {"backend": "swarmui", "prompt": "a red circle", "format": "png", "extra_params": {}, **values}
    result = one.generate(module.ImageGenRequest(**wish))
    data = next(value for value in vars(result).values() if isinstance(value, bytes))
    assert data.startswith(b"\x89PNG"), data[:20]


def drive_adapter() -> None:
    """Saved files, data URLs, and a cookie."""
    module = adapter({"swarmui_allowed_extra_params": ["donotsave"]})
    one = module.SwarmUIAdapter()
    draw(module, one)
    draw(module, one, extra_params={"donotsave": True}, negative_prompt=None, sampler=None)
    module = adapter({"swarmui_swarm_token": "none"})
    draw(module, module.SwarmUIAdapter(), seed=-1)


async def drive_client() -> None:
    """Every method of the older client, which asks by GET."""
    module: Any = importlib.import_module(f"{PACKAGE}.Media_Creation.swarmui_client")
    async with module.SwarmUIClient(URL) as client:
        assert await client.health_check() is True
        session = await client.get_session()
        assert len(session) == 40
        assert await client.get_session(force_new=True) != session
        assert isinstance(await client.get_models(), list)
        made = await client.generate_image(
            "a red circle", "blue", "tiny-sd1", cfg_scale=5.0, batch_size=2, **SMALL
        )
        images = made["images"]
        assert len(images) >= 1, made
        assert (await client.get_image(images[0])).startswith(b"\x89PNG")


if __name__ == "__main__":
    hollow()
    drive_adapter()
    asyncio.run(drive_client())
