"""The state of an application around fakes, without the application."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipelines.scripting.script_file import Script, Scripts
from sdapi.core.config import ApiConfig
from sdapi.core.services import Backend
from sdapi.core.state import State
from sdapi.options.store import OptionStore
from tests.sdapi.fakes import FakeCatalog, FakeJobs


def make_state(
    data: Path = Path(),
    *,
    flags: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
    catalog: FakeCatalog | None = None,
    scripts: tuple[Script, ...] = (),
) -> State:
    """A state with these flags, stored options, files and scripts; extensions are off."""
    config = ApiConfig.from_flags({"data_dir": str(data), "disable_all_extensions": True, **(flags or {})})
    store = OptionStore(places=config.places)
    store.apply(options or {})
    services = Backend(jobs=FakeJobs(), catalog=catalog or FakeCatalog())
    return State(
        config=config,
        services=services,
        store=store,
        find_scripts=lambda: Scripts(items=scripts, failures=()),
    )
