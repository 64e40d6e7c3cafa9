"""Extensions on the HTTP side."""

from __future__ import annotations

import base64
import io
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient
from PIL import Image, PngImagePlugin
from pydantic import BaseModel

from pipelines.contract.requests import CaptionRequest, GenerationRequest
from pipelines.extending.extension_packages import add_extensions
from pipelines.scripting.script_file import Names, Script, ScriptArgument
from sdapi.app import create_app
from sdapi.core.config import ApiConfig
from sdapi.core.hooks import ApiHooks, api_hook
from sdapi.core.services import Backend
from sdapi.core.state import State, StateOf
from sdapi.options.table import Option
from tests.data_extensions import forgotten, package
from tests.sdapi.fakes import FakeCatalog, FakeJobs

router = APIRouter(prefix="/sample")


@router.get("/checkpoints")
async def count_checkpoints(state: StateOf) -> int:
    """A route of an extension."""
    return len(state.catalog.checkpoints())


def arguments(is_img2img: bool, names: Names) -> Sequence[ScriptArgument]:
    """An argument of the toy's script."""
    return (ScriptArgument(label="Strength", value=1.0),)


class SampleArgument(BaseModel):
    """An argument of the script."""

    strength: float | None = None


class Sample:
    """An extension with one of everything."""

    @api_hook
    def routers(self) -> Sequence[APIRouter]:
        """Answer one router."""
        return (router,)

    @api_hook
    def scripts(self) -> Sequence[Script]:
        """Answer one always-on script."""
        return (Script(title="Sample", always_on=True, arguments=arguments),)

    @api_hook
    def options(self) -> Sequence[Option]:
        """Answer one option."""
        return (Option(key="sample_strength", default=0.5, section="sample"),)

    @api_hook
    def infotext_fields(self, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """Answer one field."""
        return {"Sample length": len(parameters["Sample"])} if "Sample" in parameters else {}

    @api_hook
    def pictures(self, title: str, args: Sequence[Any]) -> Sequence[Sequence[int | str]]:
        """The first argument's picture."""
        known = title == "Sample" and isinstance(args[0], Mapping)
        return [(0, "picture")] if known else []

    @api_hook
    def argument_schemas(self) -> Mapping[str, type[BaseModel]]:
        """Answer one model."""
        return {"sample": SampleArgument}


def picture() -> str:
    text = PngImagePlugin.PngInfo()
    text.add_text("parameters", "a\nSteps: 1, Sampler: Euler, Sample: three")
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "PNG", pnginfo=text)
    return base64.b64encode(buffer.getvalue()).decode()


def own(request: GenerationRequest | CaptionRequest) -> dict[str, Any]:
    """The extension's part of a request's options."""
    found = request.options.extension
    return {key: value for key, value in found.items() if key.startswith("sample")}


def test_routes_scripts_and_options_are_added(tmp_path: Path) -> None:
    hooks = ApiHooks()
    hooks.register(Sample())
    config = ApiConfig.from_flags({"data_dir": str(tmp_path), "disable_all_extensions": True})
    app = create_app(config, Backend(jobs=FakeJobs(), catalog=FakeCatalog()), hooks=hooks)
    client = TestClient(app)
    assert client.get("/sample/checkpoints").json() == 2
    read = client.post("/sdapi/v1/png-info", json={"image": picture()}).json()["parameters"]
    assert (read["Sample"], read["Sample length"]) == ("three", 5)
    names = client.get("/sdapi/v1/scripts").json()["txt2img"]
    assert names.index("x/y/z plot") < names.index("sample") < names.index("refiner")
    assert client.get("/sdapi/v1/options").json()["sample_strength"] == 0.5
    assert client.post("/sdapi/v1/options", json={"sample_strength": "x"}).status_code == 422
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    assert schemas["SampleArgument"]["properties"]["strength"]["nullable"] is True
    scripts = schemas["StableDiffusionProcessingTxt2Img"]["properties"]["alwayson_scripts"]["properties"]
    assert scripts["sample"]["properties"]["args"]["items"]["$ref"].endswith("/SampleArgument")
    assert schemas["Options"]["properties"]["sample_strength"]["type"] == "number"
    body = {"alwayson_scripts": {"sample": {"args": []}}}
    assert client.post("/sdapi/v1/txt2img", json=body).status_code == 200


def test_its_options_reach_the_engine(tmp_path: Path) -> None:
    hooks, jobs = ApiHooks(), FakeJobs()
    hooks.register(Sample())
    config = ApiConfig.from_flags({"data_dir": str(tmp_path), "disable_all_extensions": True})
    client = TestClient(create_app(config, Backend(jobs=jobs, catalog=FakeCatalog()), hooks=hooks))
    client.post("/sdapi/v1/txt2img", json={})
    assert own(jobs.generation) == {"sample_strength": 0.5}
    client.post("/sdapi/v1/options", json={"sample_strength": 0.75})
    overrides = {"sample_strength": "0.25", "sample_length": 3}
    answer = client.post("/sdapi/v1/txt2img", json={"override_settings": overrides})
    assert own(jobs.generation) == {"sample_strength": 0.25}
    assert answer.json()["warnings"] == ["override_settings: 'sample_length' is ignored"]
    client.post("/sdapi/v1/txt2img", json={})
    assert own(jobs.generation) == {"sample_strength": 0.75}
    client.post("/sdapi/v1/interrogate", json={"image": picture(), "model": "clip"})
    _, request = jobs.submitted[-1]
    assert isinstance(request, CaptionRequest)
    assert own(request) == {"sample_strength": 0.75}


def test_extensions_start_with_the_server_and_stop_before_it(tmp_path: Path) -> None:
    said: list[str] = []

    class Worker:
        def __init__(self, name: str) -> None:
            self.name = name

        @api_hook
        @asynccontextmanager
        async def running(self, state: State) -> AsyncGenerator[None]:
            said.append(f"{self.name} starts in {state.config.data.name}")
            yield
            said.append(f"{self.name} stops")

    hooks = ApiHooks()
    hooks.register(Worker("a"))
    hooks.register(Worker("b"))
    config = ApiConfig(data=tmp_path)
    app = create_app(config, Backend(jobs=FakeJobs(), catalog=FakeCatalog()), hooks=hooks)
    with TestClient(app):
        assert said == [f"{name} starts in {tmp_path.name}" for name in "ab"]
    assert said[2:] == ["b stops", "a stops"]


MARKED = "from contextlib import asynccontextmanager\n\nfrom sdapi.plugin import api_hook\n\n@api_hook\n"
STOPS = "@asynccontextmanager\nasync def running(state):\n    {before}\n    yield\n    {after}"


def served(data: Path, **modules: str) -> TestClient:
    """A server with an extension of these modules in its data folder, and after it a sound one."""
    package(data / "extensions", "from_data_bad", **modules)
    hooks = ApiHooks(("from_data_bad",))
    hooks.register(Sample())
    config = ApiConfig(data=data)
    return TestClient(create_app(config, Backend(jobs=FakeJobs(), catalog=FakeCatalog()), hooks=hooks))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("def options(state): return []", "'state'"),
        ("def opitons(): return []", "unknown hook 'opitons'"),
        ("def options(): return 1 / 0", "is left out of the hook options"),
        ("def options(): return ['word']", "is left out of the hook options"),
        (STOPS.format(before="raise ValueError", after=""), "is left out"),
        (STOPS.format(before="raise SystemExit(1)", after=""), "is left out"),
        (STOPS.format(before="", after="raise ValueError"), "did not end well"),
        ("def running(state): return 1 / 0", "is left out of the hook running"),
        ("def running(state): return 'word'", "is left out"),
        ("def axes(): return 1 / 0", "is left out of the hook axes"),
        ("def scripts(): return ['word']", "is left out of the hook scripts"),
        ("def argument_schemas(): return 1 / 0", "is left out of the hook argument_schemas"),
        ("def components(state): return 1 / 0", "is left out of the hook components"),
        ("def infotext_fields(parameters): return 1 / 0", "is left out of the hook infotext_fields"),
    ],
)
def test_one_that_fails_is_named_and_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str, reason: str
) -> None:
    with forgotten():
        add_extensions_of(tmp_path)
        with served(tmp_path, api=MARKED + text) as client:
            assert client.get("/sample/checkpoints").json() == 2
            assert client.get("/sdapi/v1/options").json()["sample_strength"] == 0.5
            assert "sample" in client.get("/sdapi/v1/scripts").json()["txt2img"]
            assert client.get("/sdapi/v1/script-info").status_code == 200
            read = client.post("/sdapi/v1/png-info", json={"image": picture()}).json()["parameters"]
            assert read["Sample length"] == 5
            assert "SampleArgument" in client.get("/openapi.json").json()["components"]["schemas"]
    lines = [line for line in caplog.messages if "from_data_bad" in line]
    assert lines and all(reason in line for line in lines)


@pytest.mark.parametrize("text", ["def router(): return []", "def routers(): return 1 / 0"])
def test_a_dialect_that_fails_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    with forgotten():
        add_extensions_of(tmp_path)
        with served(tmp_path, dialect=MARKED + text) as client:
            assert client.get("/sample/checkpoints").json() == 2
    (line,) = [line for line in caplog.messages if "from_data_bad" in line]
    assert "left out" in line


def add_extensions_of(data: Path) -> None:
    """Let the data folder's extensions be found."""
    (data / "extensions").mkdir()
    add_extensions(data / "extensions")


def test_built_in_extensions_are_there_without_any_other() -> None:
    hooks = ApiHooks()
    assert [script.title for script in hooks.scripts()] == ["Hypertile", "Refiner", "Seed", "Soft inpainting"]
    assert [hooks.routers_of(plugin) for plugin in hooks.plugins()] == [[]] * 5
