"""Send the same requests in turn to two servers and print how their times compare, pair by pair.

usage: python -m tools.compare_a1111 URL_A URL_B [--rounds N] [--only NAME ...] [--save FILE]
For two servers with the same checkpoints on the same machine, for example this one and A1111. Ratios are A's
seconds over B's: below 1, A is faster. A request that either refuses is left out, and its error is shown.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from sdapi.cli.commands.machine import describe_machine

Body = dict[str, Any]
TXT2IMG = "/sdapi/v1/txt2img"
PLAIN: Body = {
    "prompt": "a red circle on a white background",
    "seed": 1,
    "steps": 20,
    "cfg_scale": 7.0,
    "width": 512,
    "height": 512,
    "sampler_name": "DPM++ 2M",
    "scheduler": "Automatic",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Seconds of both servers for one request, in each round."""

    name: str
    a: tuple[float, ...]
    b: tuple[float, ...]

    @property
    def ratios(self) -> tuple[float, ...]:
        """A's seconds over B's, round by round."""
        return tuple(a / b for a, b in zip(self.a, self.b, strict=True))

    def line(self) -> str:
        """A line of the table."""
        low, middle, high = min(self.ratios), median(self.ratios), max(self.ratios)
        return (
            f"{self.name:<34}{median(self.a):9.3f} {median(self.b):9.3f} {middle:7.2f} ({low:.2f}-{high:.2f})"
        )


def main(arguments: list[str] | None = None) -> int:
    """Compare, print, and save if asked to."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("a", metavar="URL_A")
    parser.add_argument("b", metavar="URL_B")
    parser.add_argument(
        "--rounds", type=int, default=3, help="how often every request is timed, after one to warm up"
    )
    parser.add_argument("--steps", type=int, default=PLAIN["steps"])
    parser.add_argument("--side", type=int, default=512, help="pixels of the plain picture")
    parser.add_argument("--only", nargs="+", help="names of requests, or their beginnings")
    parser.add_argument("--save", type=Path)
    options = parser.parse_args(arguments)
    with client(options.a) as a, client(options.b) as b:
        wanted = requests(a, b, side=options.side, steps=options.steps)
        chosen = {
            n: bodies for n, bodies in wanted.items() if not options.only or n.startswith(tuple(options.only))
        }
        print(f"{'request':<34}{'A, s':>9} {'B, s':>9} {'A / B':>7} (range)")
        pairs = [pair for pair in compared(a, b, chosen, max(options.rounds, 1)) if shown(pair)]
    if options.save:
        options.save.write_text(json.dumps(report(pairs, sys.argv), indent=2) + "\n", encoding="utf-8")
    return 0 if pairs else 1


def client(url: str) -> httpx.Client:
    """A client that waits as long as a picture takes."""
    return httpx.Client(base_url=url, timeout=None, trust_env=False)


def requests(a: httpx.Client, b: httpx.Client, *, side: int, steps: int) -> Mapping[str, list[Body]]:
    """Bodies by name; those that are several are sent one after the other and timed together.

    Checkpoints and networks are those that both servers list.
    """
    plain = {**PLAIN, "width": side, "height": side, "steps": steps}
    found: dict[str, list[Body]] = {"plain": [plain]}
    found |= {
        f"size {size}": [{**plain, "width": size, "height": size}] for size in (side // 2, side * 3 // 2)
    }
    samplers = ("Euler a", "DPM++ SDE", "DDIM", "UniPC")
    found |= {f"sampler {name}": [{**plain, "sampler_name": name}] for name in samplers}
    found |= {f"batch {size}": [{**plain, "batch_size": size}] for size in (2, 4)}
    found["few steps"] = [{**plain, "steps": 4}]
    hires = {"enable_hr": True, "hr_scale": 1.5, "hr_upscaler": "Latent", "denoising_strength": 0.7}
    found["hires"] = [{**plain, **hires}]
    networks = shared(a, b, "/sdapi/v1/loras", "name")[:2]
    tags = [{**plain, "prompt": f"{plain['prompt']} <lora:{name}:1>"} for name in networks]
    if tags:
        found["LoRA"] = tags[:1]
    if len(tags) == 2:
        found["another LoRA for every picture"] = [*tags, *tags]
    checkpoints = shared(a, b, "/sdapi/v1/sd-models", "model_name")
    by_checkpoint = {
        name: {**plain, "override_settings": {"sd_model_checkpoint": name}} for name in checkpoints
    }
    large = next((name for name in checkpoints if "xl" in name.lower()), None)
    if large is not None:
        found["SDXL"] = [{**by_checkpoint[large], "width": 2 * side, "height": 2 * side}]
    if len(checkpoints) > 1:
        found["a change of checkpoint and back"] = [by_checkpoint[name] for name in checkpoints[:2]]
    return found


def shared(a: httpx.Client, b: httpx.Client, path: str, key: str) -> list[str]:
    """Return the names that both servers list, in A's order."""
    lists: list[list[str]] = []
    for server in (a, b):
        answer = server.get(path)
        lists.append([str(row[key]) for row in answer.json()] if answer.is_success else [])
    return [name for name in lists[0] if name in lists[1]]


def compared(
    a: httpx.Client, b: httpx.Client, wanted: Mapping[str, list[Body]], rounds: int
) -> Iterator[Pair]:
    """Send every request to both in turn, so that other work of the machine slows both alike."""
    for name, bodies in wanted.items():
        try:
            seconds = [(timed(a, bodies, turn), timed(b, bodies, turn)) for turn in range(rounds + 1)][1:]
        except httpx.HTTPError as error:
            print(f"{name:<34}left out: {error}", file=sys.stderr)
            continue
        yield Pair(name=name, a=tuple(s for s, _ in seconds), b=tuple(s for _, s in seconds))


def timed(server: httpx.Client, bodies: Iterable[Body], turn: int) -> float:
    """Return the seconds until all are answered; seeds differ from turn to turn, so that no cache helps."""
    started = time.perf_counter()
    for body in bodies:
        answer = server.post(TXT2IMG, json={**body, "seed": body["seed"] + turn})
        if not answer.is_success:
            text = f"{server.base_url} answered {answer.status_code}: {answer.text[:200]}"
            raise httpx.HTTPStatusError(text, request=answer.request, response=answer)
    return time.perf_counter() - started


def shown(pair: Pair) -> bool:
    """Print the line of a pair at once; always True."""
    print(pair.line(), flush=True)
    return True


def report(pairs: Iterable[Pair], command: list[str]) -> dict[str, Any]:
    """Put the figures together with the command, the date and the machine."""
    return {
        "command": " ".join(["python -m tools.compare_a1111", *command[1:]]),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": describe_machine(),
        "pairs": {p.name: {"a": p.a, "b": p.b, "a_over_b": round(median(p.ratios), 3)} for p in pairs},
    }


if __name__ == "__main__":
    sys.exit(main())
