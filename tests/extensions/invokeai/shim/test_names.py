"""The import package has every name of InvokeAI's, and their signatures are those of its release."""

from __future__ import annotations

import inspect
import json
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from extensions.invokeai.shim.finder import install
from extensions.invokeai.shim.names import MODULES

RECORDED: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[3] / "data" / "invokeai" / "signatures.json").read_text()
)
"""Of InvokeAI 6.14.2: names, parameters with their defaults, fields and members, read from its wheel."""
CONTEXT = "invokeai.app.services.shared.invocation_context"
GONE_SINCE = {"BoundingBoxField": {"x_min", "x_max", "y_min", "y_max"}}


@pytest.fixture(scope="module", autouse=True)
def package() -> None:
    """``invokeai`` can be imported."""
    install()


def public(name: str) -> Any:
    return getattr(import_module("invokeai.invocation_api"), name)


@pytest.mark.parametrize("module", MODULES)
def test_every_name_leads_somewhere(module: str) -> None:
    found = import_module(module)
    assert [name for name in MODULES[module] if getattr(found, name, None) is None] == []


def test_the_public_module_has_every_name_of_the_release() -> None:
    assert [
        name for name in RECORDED["names"] if not hasattr(import_module("invokeai.invocation_api"), name)
    ] == []


def test_names_of_invoke_3_are_not_where_they_were() -> None:
    with pytest.raises(ImportError):
        from invokeai.app.invocations.baseinvocation import InputField  # type: ignore[import-not-found] # noqa: F401
    with pytest.raises(ModuleNotFoundError):
        import_module("invokeai.app.models.image")


def parameters(function: Any) -> list[list[str | None]]:
    """As they are recorded: names, and defaults as source."""
    return [
        [one.name, None if one.default is inspect.Parameter.empty else source(one.default)]
        for one in inspect.signature(function).parameters.values()
        if one.name != "self"
    ]


def source(value: Any) -> str:
    if value.__class__.__name__ == "PydanticUndefinedType":
        return "_Unset"
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    return repr(value)


@pytest.mark.parametrize("method", RECORDED["methods"])
def test_methods_of_the_context(method: str) -> None:
    owner, _, name = method.partition(".")
    assert parameters(getattr(getattr(import_module(CONTEXT), owner), name)) == RECORDED["methods"][method]


@pytest.mark.parametrize("function", RECORDED["functions"])
def test_functions(function: str) -> None:
    assert parameters(public(function)) == RECORDED["functions"][function]


@pytest.mark.parametrize("kind", RECORDED["builders"])
def test_builders_of_outputs(kind: str) -> None:
    home = "invokeai.app.invocations.noise" if kind == "NoiseOutput" else "invokeai.invocation_api"
    assert parameters(getattr(import_module(home), kind).build) == RECORDED["builders"][kind]


@pytest.mark.parametrize("kind", [name for name, fields in RECORDED["fields"].items() if fields])
def test_fields_and_outputs(kind: str) -> None:
    assert set(RECORDED["fields"][kind]) <= set(public(kind).model_fields)


@pytest.mark.parametrize("kind", RECORDED["enums"])
def test_enumerations(kind: str) -> None:
    ours = public(kind).__members__
    assert {key: value for key, value in RECORDED["enums"][kind].items() if ours.get(key) != value} == {}
