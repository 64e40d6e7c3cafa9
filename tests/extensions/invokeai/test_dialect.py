"""The document has the nodes, and the tutorial's node is one."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

from PIL import Image

from extensions.invokeai.invocation.registry import InvocationRegistry
from extensions.invokeai.shim.finder import install
from extensions.invokeai.store.images import ImageWish
from tests.extensions.invokeai.graphs import GraphEngine, graph
from tests.extensions.invokeai.routes.invoke_client import invoke_client


def test_the_openapi_document_has_nodes_and_outputs(tmp_path: Path) -> None:
    schemas = invoke_client(tmp_path).get("/openapi.json").json()["components"]["schemas"]
    assert schemas["CompelInvocation"]["class"] == "invocation"
    assert schemas["CompelInvocation"]["output"] == {"$ref": "#/components/schemas/ConditioningOutput"}
    assert schemas["ConditioningOutput"]["class"] == "output"
    assert "add" in schemas["InvocationOutputMap"]["properties"]


def test_the_tutorials_node_runs(engine: GraphEngine, root: Path) -> None:
    text = (root / "docs" / "tutorial" / "write-a-node.md").read_text(encoding="utf-8")
    found = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert found is not None
    install()
    module = ModuleType("tutorial_pack")
    sys.modules[module.__name__] = module
    exec(found.group(1), vars(module))
    picture = engine.store.images.save(Image.new("RGB", (8, 8), "white"), ImageWish()).image_name
    node = {"type": "my_invert", "image": {"image_name": picture}, "strength": 1.0}
    ran = engine.run(graph({"n": node}))
    InvocationRegistry.nodes.pop("my_invert")
    assert ran.failure is None, ran.item["error_traceback"]
    made = engine.store.images.open(ran.outputs["n"]["image"]["image_name"])
    assert made.getpixel((0, 0)) == (0, 0, 0)
