"""Run the nodes of InvokeAI packs one by one: `python -m tools.run_invoke_packs DATA [--expect FILE]`.

``DATA`` is a data folder whose ``nodes`` holds packs. Each node gets its defaults, a drawn picture for every
picture, and small numbers and texts for the rest; nodes that only edges can feed are left out. What comes of
it is printed, written as JSON, or compared with a file that was written before.
"""

from __future__ import annotations

import argparse
import json
import sys
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from extensions.invokeai.kinds import GraphRequest, LoadNodesRequest, LoadNodesResult
from extensions.invokeai.store.images import ImageWish
from extensions.invokeai.store.store import InvokeStore
from pipelines.contract.errors import SdapiError
from pipelines.contract.settings import EngineSettings, Folders
from pipelines.engine.engine import Engine

ROOT = Path(__file__).resolve().parents[1]
VALUES: Mapping[str, Any] = {
    "string": "a red circle, a blue square",
    "integer": 64,
    "number": 0.5,
    "boolean": False,
    "array": [],
    "object": {},
}
COLOR = {"r": 200, "g": 40, "b": 40, "a": 255}


def drawn() -> Image.Image:
    """A picture with edges and colours."""
    image = Image.new("RGB", (96, 64), "white")
    draw = ImageDraw.Draw(image)
    draw.ellipse((8, 8, 48, 48), fill="red")
    draw.rectangle((50, 20, 90, 60), fill="blue")
    return image


def value_of(field: Mapping[str, Any], picture: str) -> Any:
    """A value that fits a field's schema; None where only an edge can bring one."""
    choices: list[Mapping[str, Any]] = list(field.get("anyOf", [field]))
    for choice in choices:
        kind = str(choice.get("$ref", "")).rpartition("/")[2]
        if kind == "ImageField":
            return {"image_name": picture}
        if kind == "ColorField":
            return COLOR
        if "enum" in choice:
            return choice["enum"][0]
        if choice.get("type") == "array" and "ImageField" in json.dumps(choice):
            return [{"image_name": picture}] * 2
        if choice.get("type") in VALUES:
            value = VALUES[choice["type"]]
            return max(value, choice["minimum"]) if "minimum" in choice else value
    return None


def inputs_of(schema: Mapping[str, Any], picture: str) -> dict[str, Any] | None:
    """Values for all inputs that need one; None if that can't be."""
    values: dict[str, Any] = {}
    for name, field in schema["properties"].items():
        if field.get("field_kind") != "input" or not field.get("orig_required", True):
            continue
        value = None if field.get("input") == "connection" else value_of(field, picture)
        if value is None:
            return None
        values[name] = value
    return values


def run(engine: Engine, store: InvokeStore, kind: str, inputs: Mapping[str, Any]) -> str:
    """What a node answers, in short."""
    session = str(uuid.uuid4())
    row = {"queue_id": "tool", "batch_id": "tool", "session_id": session, "priority": 0, "job_id": session}
    (item_id,) = store.items.add([{**row, "session": {}}])
    graph = {"id": session, "nodes": {"node": {"type": kind, **inputs}}, "edges": []}
    try:
        engine.run(GraphRequest(graph=graph, item_id=item_id, session_id=session))
    except SdapiError as error:
        return f"failed: {error.message}"
    item = store.items.get(item_id)
    assert item is not None
    (output,) = item["session"]["results"].values()
    size = f" {output['width']}x{output['height']}" if output["type"] == "image_output" else ""
    return f"{output['type']}{size}"


def run_all(data: Path, models: Path) -> dict[str, Any]:
    """Outcomes by pack and node, and packs that are left out."""
    folders = Folders(
        data=data,
        models=models,
        checkpoints=(models / "Stable-diffusion",),
        vaes=(),
        loras=(models / "Lora",),
        embeddings=(),
        hypernetworks=(),
    )
    engine = Engine(EngineSettings(folders=folders, device="cpu", extensions=("controlnet", "invokeai")))
    loaded = engine.run(LoadNodesRequest())
    assert isinstance(loaded, LoadNodesResult)
    store = InvokeStore(data)
    picture = store.images.save(drawn(), ImageWish()).image_name
    outcomes: dict[str, dict[str, str]] = {pack: {} for pack in loaded.packs}
    for node in loaded.nodes:
        inputs = inputs_of(node["schema"], picture)
        name = node["name"]
        said = "not run: edges feed it" if inputs is None else run(engine, store, name, inputs)
        outcomes.setdefault(node["pack"], {})[name] = said
    engine.close()
    return {"packs": outcomes, "failed": dict(loaded.failed)}


def differences(found: Mapping[str, Any], expected: Mapping[str, Any]) -> list[str]:
    """Nodes of expected packs that are here and answer otherwise."""
    return [
        f"{pack}/{node}: {found['packs'][pack].get(node, 'not there')}, not {said}"
        for pack, nodes in expected["packs"].items()
        if pack in found["packs"]
        for node, said in nodes.items()
        if found["packs"][pack].get(node) != said
    ]


def main(arguments: list[str]) -> int:
    """Run, print, and compare."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--models", type=Path, default=ROOT / "models")
    parser.add_argument("--expect", type=Path)
    parser.add_argument("--write", type=Path)
    given = parser.parse_args(arguments)
    found = run_all(given.data, given.models)
    print(json.dumps(found, indent=1))
    if given.write:
        given.write.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    wrong = differences(found, json.loads(given.expect.read_text(encoding="utf-8"))) if given.expect else []
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
