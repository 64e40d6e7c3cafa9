"""Run the nodes of InvokeAI packs one by one: `python -m tools.run_invoke_packs DATA [--expect FILE]`.

``DATA`` is a data folder whose ``nodes`` holds packs. Each node gets a drawn picture for every picture, the
parts of a checkpoint, noise and conditioning by edges, small numbers and texts for the rest; nodes that need
other things are left out. Outcomes are printed, written as JSON, or compared with a file that was written
before: ``tools/invoke_packs.json`` has the outcomes of published packs, and the commits they were taken at.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # read when the libraries below are imported

from extensions.invokeai.fields.model_values import ModelIdentifierField
from extensions.invokeai.kinds import GraphRequest, LoadNodesRequest, LoadNodesResult
from extensions.invokeai.models.catalog import ModelCatalog
from extensions.invokeai.store.images import ImageWish
from extensions.invokeai.store.store import InvokeStore
from pipelines.contract.errors import SdapiError
from pipelines.contract.settings import EngineSettings, Folders
from pipelines.engine.engine import Engine

log = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parents[1]
VALUES: Mapping[str, Any] = {
    "string": "a red circle, a blue square",
    "integer": 64,
    "number": 0.5,
    "boolean": False,
    "array": [],
    "object": {},
}
PARTS: Mapping[str, tuple[str, str]] = {
    "UNetField": ("model", "unet"),
    "CLIPField": ("model", "clip"),
    "VAEField": ("model", "vae"),
    "LatentsField": ("noise", "noise"),
    "ConditioningField": ("text", "conditioning"),
}
"""Node and output that feed an input, by the class of its value."""
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


def graph_of(node: Mapping[str, Any], picture: str, model: Mapping[str, Any]) -> dict[str, Any] | None:
    """A graph that gives a node all that it needs; None if that can't be."""
    values: dict[str, Any] = {}
    edges: list[dict[str, Any]] = []
    for name, field in node["schema"]["properties"].items():
        if field.get("field_kind") != "input" or not _wanted(field):
            continue
        part = next((PARTS[kind] for kind in node["inputs"][name] if kind in PARTS), None)
        if part is not None:
            edges.append(edge(*part, name))
            continue
        direct = field.get("input") != "connection"
        named = "ModelIdentifierField" in node["inputs"][name]
        value = model if named else value_of(field, picture) if direct else None
        if value is None and field.get("orig_required", True):
            return None
        if value is not None:
            values[name] = value
    nodes = {
        "model": {"type": "main_model_loader", "model": model},
        "text": {"type": "compel", "prompt": "a red circle"},
        "noise": {"type": "noise", "seed": 1, "width": 64, "height": 64},
        "node": {"type": node["name"], **values},
    }
    clip = {"node_id": "model", "field": "clip"}
    edges.append({"source": clip, "destination": {"node_id": "text", "field": "clip"}})
    return {"id": "g", "nodes": nodes, "edges": edges}


def _wanted(field: Mapping[str, Any]) -> bool:
    return field.get("orig_required", True) or field.get("default") is None


def edge(node: str, output: str, name: str) -> dict[str, Any]:
    """An edge to an input of the node that is tried."""
    source = {"node_id": node, "field": output}
    return {"source": source, "destination": {"node_id": "node", "field": name}}


def run(engine: Engine, store: InvokeStore, graph: Mapping[str, Any]) -> str:
    """Run a graph; describe the node's output in a few words."""
    session = str(uuid.uuid4())
    row = {"queue_id": "tool", "batch_id": "tool", "session_id": session, "priority": 0, "job_id": session}
    (item_id,) = store.items.add([{**row, "session": {}}])
    try:
        engine.run(GraphRequest(graph=graph, item_id=item_id, session_id=session))
    except SdapiError as error:
        log.info("%s: %s", graph["nodes"]["node"]["type"], error.message)
        return f"failed: {error.message.partition(':')[0]}"
    item = store.items.get(item_id)
    assert item is not None
    sources = item["session"]["prepared_source_mapping"]
    (output,) = (out for key, out in item["session"]["results"].items() if sources[key] == "node")
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
    mains = ModelCatalog(folders).search(type="main", base="sd-1")
    model = ModelIdentifierField.from_config(mains[0]).model_dump(mode="json")
    outcomes: dict[str, dict[str, str]] = {pack: {} for pack in loaded.packs}
    for node in loaded.nodes:
        graph = graph_of(node, picture, model)
        said = "not run: it needs more" if graph is None else run(engine, store, graph)
        outcomes.setdefault(node["pack"], {})[node["name"]] = said
    engine.close()
    return {"packs": outcomes, "failed": dict(loaded.failed)}


def differences(found: Mapping[str, Any], expected: Mapping[str, Any]) -> list[str]:
    """Lines about nodes and packs with another outcome than expected; packs that aren't here don't count."""
    loaded = [
        f"{pack}: {found['failed'].get(pack, 'loaded')}, not {said}"
        for pack, said in expected.get("failed", {}).items()
        if (pack in found["packs"] or pack in found.get("failed", {}))
        and found["failed"].get(pack, "").partition(" (")[0] != said
    ]
    return loaded + [
        f"{pack}/{node}: {found['packs'][pack].get(node, 'not there')}, not {said}"
        for pack, nodes in expected["packs"].items()
        if pack in found["packs"]
        for node, said in nodes.items()
        if found["packs"][pack].get(node) != said
    ]


def main(arguments: list[str]) -> int:
    """Run, print, and compare."""
    logging.basicConfig(level=logging.INFO)
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
