"""A preprocessor is one row and one function: it is listed, detects, steers a unit, also from elsewhere."""

from __future__ import annotations

import base64
import io
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module, reload
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image

import extensions
from extensions.controlnet.maps.sliders import Sliders
from extensions.controlnet.preprocessors.preprocessor import Preprocessor, function
from extensions.controlnet.preprocessors.table import PREPROCESSORS
from pipelines.extending.extension_packages import add_extensions, load_extension
from sdapi.app import create_app
from sdapi.core.config import ApiConfig
from sdapi.core.services import Backend
from tests.engines import pixels
from tests.extensions.controlnet.control_engine import control_engine, generate
from tests.sdapi.fakes import FakeCatalog, FakeJobs

TOY = Path(__file__).with_name("toy_preprocessor.py")
PICTURE = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)


@pytest.fixture
def row() -> Iterator[Preprocessor]:
    toy = reload(import_module("tests.contributor.toy_preprocessor"))
    yield toy.POSTERIZE
    del PREPROCESSORS[toy.POSTERIZE.key]


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    config = ApiConfig.from_flags({"data_dir": str(tmp_path)})
    return TestClient(create_app(config, Backend(jobs=FakeJobs(), catalog=FakeCatalog())))


def png() -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(PICTURE).save(buffer, "PNG")
    return buffer.getvalue()


def test_it_is_listed_with_its_slider(client: TestClient, row: Preprocessor) -> None:
    modules = client.get("/controlnet/module_list").json()
    assert modules["module_list"][-1] == row.key
    assert [slider["name"] for slider in modules["module_detail"][row.key]["sliders"]] == [
        "Resolution",
        "Shades",
    ]
    types = client.get("/controlnet/control_types").json()["control_types"]
    assert row.key in types["Tile"]["module_list"] and row.key in types["All"]["module_list"]


def test_it_is_detected_in_the_servers_process(client: TestClient, row: Preprocessor) -> None:
    body = {
        "controlnet_module": row.key,
        "controlnet_input_images": [base64.b64encode(png()).decode()],
        "controlnet_processor_res": 64,
        "controlnet_threshold_a": 2,
    }
    (image,) = client.post("/controlnet/detect", json=body).json()["images"]
    made = np.asarray(Image.open(io.BytesIO(base64.b64decode(image))))
    assert np.array_equal(made, PICTURE // 128 * 128)


def test_it_steers_a_unit(tmp_path: Path, row: Preprocessor) -> None:
    unit = {"image": png(), "module": row.key, "model": "tiny-control-canny", "processor_res": 64}
    with control_engine(tmp_path) as engine:
        made = generate(engine, unit)
    assert np.array_equal(pixels(made, 1), PICTURE // 64 * 64)
    assert f"Module: {row.key}" in made.info["infotexts"][0]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A data folder's extensions, forgotten afterwards."""
    places = list(extensions.__path__)
    yield tmp_path
    extensions.__path__[:] = places
    for name in [name for name in sys.modules if name.startswith("extensions.toy_maps")]:
        del sys.modules[name]


def test_another_extension_brings_its_own(folder: Path) -> None:
    package = folder / "toy_maps"
    package.mkdir()
    (package / "__init__.py").write_text('"""Maps of a stranger."""\n')
    (package / "rows.py").write_text(TOY.read_text().replace("toy_posterize", "strangers_posterize"))
    for module in ("api", "engine"):
        (package / f"{module}.py").write_text("import extensions.toy_maps.rows\n")
    add_extensions(folder)
    for module in ("api", "engine"):
        assert load_extension("toy_maps", module) is not None
    row = PREPROCESSORS.pop("strangers_posterize")
    assert row.run == "extensions.toy_maps.rows:posterize"
    assert function(row.run)(np.full((1, 1, 3), 200, np.uint8), Sliders(a=2)).tolist() == [[[128] * 3]]


def test_its_row_imports_neither_torch_nor_opencv() -> None:
    code = "import sys, tests.contributor.toy_preprocessor; sys.exit(bool({'torch', 'cv2'} & {*sys.modules}))"
    subprocess.run([sys.executable, "-c", code], check=True)
