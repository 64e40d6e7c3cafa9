"""Measure a step's time to its client, from the network's answer to the frame on the socket."""

from __future__ import annotations

import json
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx
from websockets.asyncio.client import connect

STEPS, ROUNDS = 20, 4
SIZES = (64, 128)
"""Sides of the pictures: steps of a few milliseconds, and steps that people notice."""
CLOCK = '''
"""Notes when the network has answered each call of a generation."""

import time
from dataclasses import replace

from pipelines.plugin import hook

LOG = {log!r}


@hook
def begin_pass(job, sampling):
    seed = job.seeds[0]

    def note(call, output):
        with open(LOG, "a") as file:
            file.write(f"{{seed}} {{call.rows.call + 1}} {{time.monotonic()}}\\n")
        return output

    return lambda call: replace(call, outputs=(*call.outputs, note))
'''
"""An extension that is dropped into the data folder; the clock is the same for all processes of a machine."""


def write_clock(data: Path) -> Path:
    """Put the extension into a data folder; return the file that it writes to."""
    log, folder = data / "steps.log", data / "extensions" / "step_clock"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "engine.py").write_text(CLOCK.format(log=str(log)))
    return log


async def measure_frames(address: str, log: Path) -> dict[str, dict[str, float]]:
    """Milliseconds from steps to frames, by the side of the picture."""
    session = httpx.post(f"{address}/API/GetNewSession", json={}).json()["session_id"]
    found: dict[str, dict[str, float]] = {}
    for side in SIZES:
        await _draw(address, session, side, seed=1)  # warms up
        late: list[float] = []
        for seed in range(2, 2 + ROUNDS):
            arrived = await _draw(address, session, side, seed)
            made = _made(log, seed)
            late += [1000 * (at - made[step]) for step, at in arrived.items() if step in made]
        found[f"{side}x{side}"] = {
            "frames": len(late),
            "steps": ROUNDS * STEPS,
            "median_ms": round(median(late), 1),
            "p99_ms": round(quantiles(late, n=100)[98], 1),
            "longest_ms": round(max(late), 1),
        }
        log.unlink()
    return found


async def _draw(address: str, session: str, side: int, seed: int) -> dict[int, float]:
    """Draw a picture; return the clock's time at each step's frame."""
    wish: dict[str, Any] = {"session_id": session, "images": 1, "prompt": "a red circle", "steps": STEPS}
    wish |= {"width": side, "height": side, "seed": seed, "donotsave": True}
    arrived: dict[int, float] = {}
    url = f"{address.replace('http', 'ws', 1)}/API/GenerateText2ImageWS"
    async with connect(url, max_size=None, proxy=None) as socket:
        await socket.send(json.dumps(wish))
        async for text in socket:
            now, frame = time.monotonic(), json.loads(text)
            if "error" in frame:
                raise RuntimeError(frame["error"])
            if "gen_progress" in frame:
                step = round(frame["gen_progress"]["current_percent"] * STEPS)
                arrived.setdefault(step, now)
            if "socket_intention" in frame:
                return arrived
    return arrived


def _made(log: Path, seed: int) -> dict[int, float]:
    """Read the clock's time of the network's answer at each step of a picture."""
    lines = (line.split() for line in log.read_text().splitlines())
    return {int(step): float(at) for of, step, at in lines if int(of) == seed}
