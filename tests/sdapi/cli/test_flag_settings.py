"""Engine settings from flags: folders, devices, precision and memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.contract.settings import EngineSettings
from sdapi.cli.flag_settings import (
    devices_from_flags,
    extensions_from_flags,
    folders_from_flags,
    settings_from_flags,
    settings_per_device,
)
from sdapi.core.config import ApiConfig
from sdapi.flags.parse import ROOT, parse_flags


def settings(*words: str) -> EngineSettings:
    return settings_from_flags(parse_flags(words, {}))


def devices(*words: str) -> tuple[str, ...]:
    return devices_from_flags(parse_flags(words, {}))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], ("auto",)),
        (["--use-cpu", "all"], ("cpu",)),
        (["--use-cpu", "ALL", "--device-id", "1"], ("cpu",)),
        (["--use-cpu", "interrogate"], ("auto",)),
        (["--device-id", "1"], ("cuda:1",)),
        (["--devices", "0, 1,cpu"], ("cuda:0", "cuda:1", "cpu")),
        (["--devices", ","], ("auto",)),
        (["--use-ipex"], ("xpu",)),
    ],
)
def test_devices(words: list[str], expected: tuple[str, ...]) -> None:
    assert devices(*words) == expected


def test_one_engine_per_device() -> None:
    several = settings_per_device(parse_flags(["--devices", "0,1"], {}))
    assert [each.device for each in several] == ["cuda:0", "cuda:1"]
    assert several[0].folders == several[1].folders


def test_full_precision_means_no_half() -> None:
    assert settings("--precision", "full").no_half
    assert settings("--no-half").no_half
    assert not settings().no_half
    assert settings("--precision", "half").precision == "half"


@pytest.mark.parametrize(
    ("words", "mode"), [([], "normal"), (["--medvram"], "medvram"), (["--medvram", "--lowvram"], "lowvram")]
)
def test_memory_mode(words: list[str], mode: str) -> None:
    assert settings(*words).memory_mode == mode


def test_switches_reach_the_engine() -> None:
    chosen = settings(
        "--disable-nan-check", "--no-hashing", "--opt-channelslast", "--compile", "--threads", "2"
    )
    assert (chosen.nan_check, chosen.hashing, chosen.channels_last, chosen.compile_unet) == (
        False,
        False,
        True,
        True,
    )
    assert chosen.threads == 2
    assert chosen.cuda_graphs and not settings("--no-cuda-graphs").cuda_graphs


def test_default_files_count_only_when_they_exist(tmp_path: Path) -> None:
    file = tmp_path / "x.safetensors"
    file.write_bytes(b"")
    assert settings().first_checkpoint is None
    assert settings("--ckpt", str(file)).first_checkpoint == file


def test_extensions_are_those_with_an_engine_part(tmp_path: Path) -> None:
    for name, file in (("zoom", "engine.py"), ("adder", "engine.py"), ("talk", "routes.py")):
        (tmp_path / name).mkdir()
        (tmp_path / name / file).touch()
        (tmp_path / name / "__init__.py").touch()
    elsewhere = ["--data-dir", str(tmp_path / "data")]
    assert extensions_from_flags(parse_flags(elsewhere, {}), tmp_path) == ("adder", "zoom")
    assert extensions_from_flags(parse_flags(["--disable-all-extensions"], {}), tmp_path) == ()


def test_a_dialect_is_left_out_by_its_flag(tmp_path: Path) -> None:
    for name in ("fooocus", "zoom"):
        (tmp_path / name).mkdir()
        for file in ("__init__.py", "engine.py"):
            (tmp_path / name / file).touch()
    elsewhere = ["--data-dir", str(tmp_path / "data")]
    assert extensions_from_flags(parse_flags(elsewhere, {}), tmp_path) == ("fooocus", "zoom")
    assert extensions_from_flags(parse_flags([*elsewhere, "--no-fooocus"], {}), tmp_path) == ("zoom",)


def test_default_folders_are_the_repositorys() -> None:
    folders = settings().folders
    assert folders.checkpoints == (ROOT / "models" / "Stable-diffusion",)
    assert folders.loras == (ROOT / "models" / "Lora", ROOT / "models" / "LyCORIS")
    assert folders.embeddings == (ROOT / "embeddings",)


def test_an_existing_a1111_folder_works(tmp_path: Path) -> None:
    folders = folders_from_flags(parse_flags(["--data-dir", str(tmp_path), "--ckpt-dir", "/big/disk"], {}))
    assert folders.checkpoints == (Path("/big/disk"), tmp_path / "models" / "Stable-diffusion")
    assert folders.hypernetworks == (tmp_path / "models" / "hypernetworks",)
    assert folders.codeformer == (tmp_path / "models" / "Codeformer",)
    assert folders.dat == (tmp_path / "models" / "DAT", tmp_path / "models" / "HAT")
    assert folders.styles == (str(tmp_path / "styles.csv"),)


def test_file_name_rules_reach_the_engine() -> None:
    chosen = settings("--filenames-max-length", "40", "--unix-filenames-sanitization")
    assert (chosen.filename_length, chosen.unix_filenames) == (40, True)


def test_folders_of_extensions_are_read_by_both_sides(tmp_path: Path) -> None:
    flags = parse_flags(["--models-dir", str(tmp_path), "--controlnet-dir", "/cn"], {})
    folders = folders_from_flags(flags)
    assert folders.of_extensions == (Path("/cn"),)
    for places in (folders.places, ApiConfig.from_flags(vars(flags)).places):
        assert places.readable_place("/cn/a.safetensors") == Path("/cn/a.safetensors")
    assert settings_from_flags(flags).extension_flags["controlnet_dir"] == "/cn"


def test_memory_is_bounded_and_given_back_on_demand() -> None:
    plain = settings()
    assert (plain.ram_budget, plain.vram_budget, plain.keep_alive) == (None, None, -1)
    bound = settings("--ram-budget", "100", "--vram-budget", "50", "--keep-alive", "5m")
    assert (bound.ram_budget, bound.vram_budget, bound.keep_alive) == (100 * 2**20, 50 * 2**20, 300)


@pytest.mark.parametrize(
    "words",
    [("--ram-budget", "0"), ("--vram-budget", "-1"), ("--keep-alive", "soon"), ("--keep-alive", "1e")],
)
def test_senseless_memory_flags_end_the_start(words: tuple[str, str]) -> None:
    with pytest.raises(SystemExit, match=words[0]):
        settings(*words)
