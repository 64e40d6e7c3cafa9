"""Upscalers are listed as in A1111."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from pipelines.catalog.upscalers import REALESRGAN, UpscalerCatalog
from tests.pipelines.catalog.folders import folders_in, write


def test_names_of_a_fresh_installation(tmp_path: Path) -> None:
    assert [item.name for item in UpscalerCatalog(folders_in(tmp_path)).list()] == [
        "None",
        "Lanczos",
        "Nearest",
        "DAT x2",
        "DAT x3",
        "DAT x4",
        "ESRGAN_4x",
        "LDSR",
        "R-ESRGAN 4x+",
        "R-ESRGAN 4x+ Anime6B",
        "ScuNET GAN",
        "ScuNET PSNR",
        "SwinIR 4x",
    ]


def test_recorded_listing(parity_dir: Path, tmp_path: Path) -> None:
    folders = replace(folders_in(tmp_path), esrgan=(parity_dir / "models" / "ESRGAN",))
    ours = [
        {"name": x.name, "model_name": x.model_name, "scale": x.scale, "model_path": x.model_path}
        for x in UpscalerCatalog(folders).list()
    ]
    recorded = json.loads((parity_dir / "cases" / "get-upscalers.json").read_text())["response"]
    for row in recorded:
        row["model_path"] = row["model_path"] and row["model_path"].replace("<data>", str(parity_dir))
    assert ours == [{key: row[key] for key in ours[0]} for row in recorded]


def test_local_files(tmp_path: Path) -> None:
    models = tmp_path / "models"
    for name in (
        "ESRGAN/mine.pth",
        "RealESRGAN/RealESRGAN_x4plus.pth",
        "HAT/hat.pth",
        "DAT/DAT_x2.pth",
        "SwinIR/s.pth",
    ):
        write(models / name)
    catalog = UpscalerCatalog(folders_in(tmp_path))
    kinds = {item.name: (item.kind, item.path is not None, item.scale) for item in catalog.list()}
    assert kinds["mine"] == ("esrgan", True, 4.0)
    assert kinds["R-ESRGAN 4x+"] == ("realesrgan", True, 4.0)
    assert kinds["R-ESRGAN 4x+ Anime6B"] == ("realesrgan", False, 4.0)
    assert kinds["hat"] == ("hat", True, 4.0)
    assert kinds["DAT x2"] == ("dat", True, 2.0)
    assert "ESRGAN_4x" not in kinds
    assert "SwinIR 4x" not in kinds


def test_disabled_models_are_not_listed(tmp_path: Path) -> None:
    catalog = UpscalerCatalog(folders_in(tmp_path), realesrgan=("R-ESRGAN 2x+",), dat=())
    names = {item.name for item in catalog.list()}
    assert "R-ESRGAN 2x+" in names
    assert not names & {"R-ESRGAN 4x+", "DAT x2"}


def test_find_ignores_case_at_need(tmp_path: Path) -> None:
    catalog = UpscalerCatalog(folders_in(tmp_path))
    found = catalog.find("lanczos")
    assert found is not None
    assert found.name == "Lanczos"
    assert catalog.find("nothing") is None


def test_recorded_realesrgan(parity_dir: Path) -> None:
    recorded = json.loads((parity_dir / "cases" / "get-realesrgan-models.json").read_text())["response"]
    assert [{"name": n, "path": a, "scale": s} for n, a, s in REALESRGAN] == recorded
