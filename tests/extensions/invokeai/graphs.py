"""Graphs for tests, and an engine that runs them on the small checkpoint."""

from __future__ import annotations

import uuid
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from extensions.controlnet.plugin import control_folders
from extensions.invokeai.kinds import GraphRequest
from extensions.invokeai.models.catalog import ModelCatalog
from extensions.invokeai.store.store import InvokeStore
from pipelines.contract.control import JobControl
from pipelines.contract.errors import SdapiError
from pipelines.engine.engine import Engine
from tests.engines import engine_settings

MODELS = Path(__file__).resolve().parents[2] / "data" / "models"
SIDE = 64


def edge(source: str, target: str) -> dict[str, Any]:
    """An edge as JSON, both ends written as ``node.field``."""
    ends = [dict(zip(("node_id", "field"), end.rsplit(".", 1), strict=True)) for end in (source, target)]
    return {"source": ends[0], "destination": ends[1]}


def graph(nodes: Mapping[str, Mapping[str, Any]], *edges: tuple[str, str]) -> dict[str, Any]:
    """A graph of nodes without their ids."""
    return {"id": "g", "nodes": dict(nodes), "edges": [edge(*ends) for ends in edges]}


def model(name: str, kind: str, base: str = "sd-1") -> dict[str, Any]:
    """A model as clients name it who know the keys of another server."""
    return {"key": "elsewhere", "hash": "", "name": name, "base": base, "type": kind}


def drawing(*, steps: int = 2, seed: int = 1, **denoise: Any) -> dict[str, Any]:
    """The graph that every client sends, on the small checkpoint."""
    nodes: dict[str, dict[str, Any]] = {
        "model:1": {"type": "main_model_loader", "model": model("tiny-sd1", "main")},
        "positive": {"type": "compel", "prompt": "a (red)1.2 circle"},
        "negative": {"type": "compel", "prompt": ""},
        "noise": {"type": "noise", "seed": seed, "width": SIDE, "height": SIDE, "use_cpu": True},
        "denoise": {"type": "denoise_latents", "steps": steps, "cfg_scale": 5, **denoise},
        "picture": {"type": "l2i", "board": {"board_id": "none"}, "workflow": None, "odd": 1},
        "told": {"type": "core_metadata", "positive_prompt": "a red circle", "ref_images": []},
    }
    return graph(
        nodes,
        ("model:1.clip", "positive.clip"),
        ("model:1.clip", "negative.clip"),
        ("model:1.unet", "denoise.unet"),
        ("model:1.vae", "picture.vae"),
        ("positive.conditioning", "denoise.positive_conditioning"),
        ("negative.conditioning", "denoise.negative_conditioning"),
        ("noise.noise", "denoise.noise"),
        ("denoise.latents", "picture.latents"),
        ("told.metadata", "picture.metadata"),
    )


def extended(base: dict[str, Any], nodes: Mapping[str, Any], *edges: tuple[str, str]) -> dict[str, Any]:
    """A graph with more nodes and edges; an edge takes the place of one that ended where it ends."""
    added = [edge(*ends) for ends in edges]
    ends = [one["destination"] for one in added]
    kept = [one for one in base["edges"] if one["destination"] not in ends]
    return {**base, "nodes": {**base["nodes"], **nodes}, "edges": [*kept, *added]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """An item of the queue after its graph ran."""

    item: Mapping[str, Any]
    failure: SdapiError | None

    @property
    def outputs(self) -> Mapping[str, Mapping[str, Any]]:
        """The outputs of the graph's nodes; of nodes that ran more than once, the last copy's."""
        session = self.item["session"]
        return {session["prepared_source_mapping"][key]: out for key, out in session["results"].items()}

    def all_of(self, node: str) -> list[Mapping[str, Any]]:
        """The outputs of every copy of a node, in order."""
        session = self.item["session"]
        sources = session["prepared_source_mapping"]
        return [out for key, out in session["results"].items() if sources[key] == node]


class GraphEngine:
    """An engine with the store that its graphs write to."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.store = InvokeStore(engine.settings.folders.data)
        folders, flags = engine.settings.folders, engine.settings.extension_flags
        self.models = ModelCatalog(folders, control_folders(folders.models, folders.data, flags))

    def run(self, what: dict[str, Any], control: JobControl | None = None, **more: Any) -> Ran:
        """Run a graph to its end."""
        session_id = str(uuid.uuid4())
        row = {"queue_id": "default", "batch_id": "b", "session_id": session_id, "priority": 0}
        (item_id,) = self.store.items.add([{**row, "job_id": session_id, "session": {}}])
        request = GraphRequest(graph=what, item_id=item_id, session_id=session_id, **more)
        failure: SdapiError | None = None
        try:
            self.engine.run(request, control=control)
        except SdapiError as error:
            failure = error
        item = self.store.items.get(item_id)
        assert item is not None
        return Ran(item=item, failure=failure)


@contextmanager
def graph_engine(
    data: Path, *, flags: Mapping[str, Any] | None = None, **places: Path | tuple[Path, ...]
) -> Generator[GraphEngine]:
    """One engine; packs lie in ``data/nodes``. ``places``: other folders than those of the test data.

    ``flags``: those of extensions.
    """
    extensions = ("controlnet", "invokeai")
    settings = engine_settings(MODELS, data, extensions=extensions, extension_flags=flags or {})
    engine = Engine(replace(settings, folders=replace(settings.folders, **places)))
    try:
        yield GraphEngine(engine)
    finally:
        engine.close()


def write_pack(data: Path, name: str, source: str) -> Path:
    """A pack of one module."""
    folder = data / "nodes" / name
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("from .nodes import *\n")
    (folder / "nodes.py").write_text(source)
    return folder
