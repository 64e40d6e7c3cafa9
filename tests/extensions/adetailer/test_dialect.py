"""ADetailer's routes are there, and the server's start imports none of them."""

from __future__ import annotations

import subprocess
import sys

from fastapi.routing import APIRoute

from extensions.adetailer.dialect import routers


def test_the_routes_are_all_there() -> None:
    paths = {route.path for router in routers() for route in router.routes if isinstance(route, APIRoute)}
    assert "/adetailer/v1/version" in paths


def test_the_start_needs_none_of_them() -> None:
    code = "import sys, extensions.adetailer.api; print([n for n in sys.modules if '.routes' in n])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
