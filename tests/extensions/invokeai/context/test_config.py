"""Settings under InvokeAI's names have this server's paths."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from extensions.invokeai.context.config import InvokeAIAppConfig, get_config, set_config


@pytest.fixture(autouse=True)
def settings() -> Iterator[None]:
    """The settings before a test are those after it."""
    before = get_config()
    yield
    set_config(before)


def test_paths_are_those_of_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = InvokeAIAppConfig.of(Path("data"), Path("models"), Path("data/invokeai"), "cuda:1")
    data, store = tmp_path / "data", tmp_path / "data" / "invokeai"
    assert (config.root_path, config.models_path, config.device) == (data, tmp_path / "models", "cuda:1")
    assert (config.outputs_path, config.db_path) == (store / "outputs", store / "invokeai.sqlite")
    assert (config.custom_nodes_path, config.download_cache_path) == (data / "nodes", store / "downloads")


def test_others_are_the_defaults_of_the_original() -> None:
    config = InvokeAIAppConfig()
    assert (config.host, config.port, config.max_queue_size) == ("127.0.0.1", 9090, 10000)
    assert (config.pil_compress_level, config.node_cache_size, config.allow_nodes) == (1, 512, None)


def test_packs_get_the_settings_of_the_engine(tmp_path: Path) -> None:
    config = InvokeAIAppConfig.of(tmp_path, tmp_path, tmp_path, "cpu")
    set_config(config)
    assert get_config() is config is get_config(ignored=True)
