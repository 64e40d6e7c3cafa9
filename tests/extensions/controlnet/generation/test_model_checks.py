"""Units that go with their models and units that don't, by the names of the models' tensors."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from extensions.controlnet.generation.model_checks import check_kinds, kind_of
from extensions.controlnet.units.catalog import ControlFile
from extensions.controlnet.units.detect import ControlKind
from pipelines.contract.errors import CorruptFile, InvalidRequest, UnsupportedModel
from tests.extensions.controlnet import tiny
from tests.extensions.controlnet.header_files import write_kinds

MASK = b"a picture"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_kinds(tmp_path_factory.mktemp("models"))


def check(folder: Path, module: str, model: str | None, **values: Any) -> None:
    unit = replace(tiny.tiny_unit(module).unit, **values)
    if model is None:
        check_kinds(unit, None)
        return
    file = ControlFile(path=folder / f"{model}.safetensors", short_hash="e3b0c442")
    check_kinds(unit, (file, kind_of(file, field="args.0.model")))


@pytest.mark.parametrize(
    ("module", "model", "values", "field", "text"),
    [
        ("canny", "style", {}, "module", "style is a T2I style adapter: its preprocessor is clip_vision"),
        ("canny", "adapter", {}, "module", "adapter is an IP-Adapter: its preprocessor is one of "),
        ("ip-adapter-auto", "unusual", {}, "module", "choose a preprocessor by hand: unusual is not a usual"),
        ("ip-adapter-auto", "canny", {}, "model", "ip-adapter-auto needs an IP-Adapter model"),
        ("t2ia_style_clipvision", "canny", {}, "model", "needs a T2I style adapter"),
        ("canny", "canny", {"ipadapter_input": ("AA",)}, "ipadapter_input", "take embeddings"),
        ("reference_only", None, {"ipadapter_input": ("AA",)}, "ipadapter_input", "take embeddings"),
        ("canny", "lllite", {"effective_region_mask": MASK}, "effective_region_mask", "LLLite acts on the"),
        (
            "t2ia_style_clipvision",
            "style",
            {"effective_region_mask": MASK},
            "effective_region_mask",
            "style adapters act on the whole picture, without a region mask",
        ),
        (
            "reference_only",
            None,
            {"effective_region_mask": MASK},
            "effective_region_mask",
            "reference_only acts on the whole picture, without a region mask",
        ),
    ],
)
def test_what_does_not_go_together_is_named(
    folder: Path, module: str, model: str | None, values: dict[str, Any], field: str, text: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        check(folder, module, model, **values)
    assert caught.value.field == f"args.0.{field}"
    assert text in caught.value.message


@pytest.mark.parametrize(
    ("module", "model", "values"),
    [
        ("canny", "canny", {"effective_region_mask": MASK}),
        ("canny", "lllite", {}),
        ("ip-adapter-auto", "adapter", {"effective_region_mask": MASK}),
        ("canny", "adapter", {"ipadapter_input": ("AA",)}),
        ("t2ia_style_clipvision", "style", {}),
        ("reference_only", None, {}),
    ],
)
def test_what_goes_together_passes(
    folder: Path, module: str, model: str | None, values: dict[str, Any]
) -> None:
    check(folder, module, model, **values)


@pytest.mark.parametrize(
    ("name", "error", "text"),
    [
        ("motion", UnsupportedModel, "is a SparseCtrl model, which can't be run"),
        ("other", UnsupportedModel, "is not a control model that is known"),
        ("damaged", CorruptFile, "damaged.safetensors"),
    ],
)
def test_a_file_that_is_no_model_is_named(
    folder: Path, name: str, error: type[InvalidRequest], text: str
) -> None:
    file = ControlFile(path=folder / f"{name}.safetensors", short_hash="e3b0c442")
    with pytest.raises(error) as caught:
        kind_of(file, field="args.0.model")
    assert caught.value.field == "args.0.model"
    assert text in caught.value.message


def test_kinds_are_told_by_names(folder: Path) -> None:
    file = ControlFile(path=folder / "lllite.safetensors", short_hash="e3b0c442")
    assert kind_of(file, field="args.0.model") is ControlKind.LLLITE
