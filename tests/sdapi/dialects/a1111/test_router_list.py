"""Routes that clients poll are served from the start; the other routers are imported when called for."""

from __future__ import annotations

import subprocess
import sys

from fastapi.routing import APIRoute

from sdapi.dialects.a1111.router_list import first_routers, later_routers


def paths(*, can_stop: bool = False) -> list[str]:
    """Of all routes, in order."""
    routers = (*first_routers(), *later_routers(can_stop=can_stop))
    return [route.path for router in routers for route in router.routes if isinstance(route, APIRoute)]


def test_what_is_polled_comes_first() -> None:
    first = [route.path for r in first_routers() for route in r.routes if isinstance(route, APIRoute)]
    assert {"/sdapi/v1/options", "/sdapi/v1/progress", "/sdapi/v1/sd-models", "/health/live"} <= {*first}
    assert "/sdapi/v1/txt2img" not in first


def test_no_route_is_lost() -> None:
    assert {"/sdapi/v1/txt2img", "/sdapi/v1/train/lora", "/sdapi/v1/memory", "/"} <= {*paths()}


def test_the_server_is_stopped_only_where_that_is_allowed() -> None:
    assert "/sdapi/v1/server-stop" not in paths()
    assert "/sdapi/v1/server-stop" in paths(can_stop=True)


def test_the_first_import_none_of_the_others() -> None:
    code = """
import sys
from sdapi.dialects.a1111.router_list import first_routers
first_routers()
print([name for name in ("generation", "training") if f"sdapi.dialects.a1111.routes.{name}" in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
