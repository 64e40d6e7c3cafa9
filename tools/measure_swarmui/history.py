"""Measure ListImages on a large folder: the first call, the next, and one after files have changed."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from PIL import Image, PngImagePlugin


def measure_history(address: str, folder: Path, count: int) -> dict[str, float]:
    """Seconds of one listing each; the folder is filled with ``count`` small pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    data = _picture()
    for number in range(count):
        (folder / f"{number:06}.png").write_bytes(data)
    with httpx.Client(base_url=address, timeout=120, trust_env=False) as client:
        session = client.post("/API/GetNewSession", json={}).json()["session_id"]

        def listed(sort: str) -> list[dict[str, Any]]:
            body = {"session_id": session, "path": "", "depth": 2, "sortBy": sort}
            return client.post("/API/ListImages", json=body).raise_for_status().json()["files"]

        first, _ = _timed(lambda: listed("Name"))
        again, _ = _timed(lambda: listed("Name"))
        by_date, _ = _timed(lambda: listed("Date"))
        (folder / "new.png").write_bytes(data)
        (folder / f"{count - 1:06}.png").unlink()
        changed, files = _timed(lambda: listed("Name"))
    names = [file["src"] for file in files]
    if names[0] != "new.png" or names[1] != f"{count - 2:06}.png":
        raise RuntimeError(f"the listing missed a change: {names[:2]}")
    return {
        "pictures": count,
        "first_s": round(first, 3),
        "again_s": round(again, 3),
        "by_date_s": round(by_date, 3),
        "after_changes_s": round(changed, 3),
    }


def _timed(ask: Callable[[], list[dict[str, Any]]]) -> tuple[float, list[dict[str, Any]]]:
    started = time.perf_counter()
    found = ask()
    return time.perf_counter() - started, found


def _picture() -> bytes:
    texts, buffer = PngImagePlugin.PngInfo(), io.BytesIO()
    texts.add_text("parameters", '{"sui_image_params": {"prompt": "a"}}')
    Image.new("RGB", (8, 8)).save(buffer, "PNG", pnginfo=texts)
    return buffer.getvalue()
