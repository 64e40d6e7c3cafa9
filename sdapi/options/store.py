"""The option store: defaults, what ``config.json`` keeps over them, and atomic writes."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from pipelines.catalog.bounded import read_json
from pipelines.catalog.disk import telling, write_file
from pipelines.contract.errors import InvalidRequest
from pipelines.contract.options import UNREAD
from pipelines.contract.places import Places
from sdapi.http.lax import is_encodable
from sdapi.options.coerce import coerce
from sdapi.options.freeze import Freeze
from sdapi.options.migrate import migrate
from sdapi.options.places import check_place
from sdapi.options.table import (
    API_KEYS,
    DIRECTORY_KEYS,
    EXPLANATIONS,
    OBSOLETE_KEYS,
    Option,
    load_table,
    with_own,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A validated set of changes, and the keys that were left out of it."""

    values: Mapping[str, Any]
    ignored: tuple[str, ...] = ()


class OptionStore:
    """Options of one server. Reads are cheap; ``path`` None keeps everything in memory."""

    def __init__(
        self,
        path: Path | None = None,
        *,
        freeze: Freeze | None = None,
        extra: Iterable[Option] = (),
        places: Places | None = None,
    ) -> None:
        """``places``: where options may name folders; by default those below the settings file's folder."""
        own = tuple(extra)
        self.table = with_own(load_table(), own)
        self.extension_keys = frozenset(option.key for option in own)
        self.unread_keys = UNREAD | {option.key for option in own if not option.read}
        self._path = path
        self._freeze = freeze or Freeze()
        self._places = places or Places.of(path.parent if path else Path())
        self._saving = Lock()
        self.meanings: dict[str, str] = {}
        """Files that names of checkpoints were taken for, so that no new file takes their place."""
        self._stored: dict[str, Any] = migrate(_read(path)) if path else {}

    def get(self, key: str) -> Any:
        """The value in force; an unusable stored value counts as the default."""
        option = self.table[key]
        value = self._usable(option)
        return option.default if value is None else value

    def values(self) -> dict[str, Any]:
        """All values in force, in table order."""
        return {key: self.get(key) for key in self.table}

    def listing(self) -> dict[str, Any]:
        """All values as ``GET /sdapi/v1/options`` types them: stored numbers are floats."""
        return {key: self._listed(option) for key, option in self.table.items()}

    def validate(self, changes: Mapping[str, Any]) -> Change:
        """Coerce the keys that are known and may change. Raises InvalidRequest that names the key."""
        if self._freeze.everything:
            raise InvalidRequest("changing settings is disabled (--freeze-settings)")
        values: dict[str, Any] = {}
        ignored: list[str] = []
        for key, value in changes.items():
            option = self.table.get(key)
            if option is None or self._is_read_only(key):
                ignored.append(key)
            else:
                values[key] = self._coerced(option, value)
        self._refuse_frozen(values)
        return Change(values=values, ignored=tuple(ignored))

    def apply(self, values: Mapping[str, Any]) -> None:
        """Change values in memory; None goes back to the default."""
        self._stored = _changed(self._stored, values)

    def change(self, values: Mapping[str, Any]) -> None:
        """Write the settings file with these values in it, and only then let them hold.

        The file is replaced at once and durably; unknown keys are kept. Raises DiskFull or
        NotWritten, and then nothing has changed.
        """
        with self._saving:
            if self._path:
                _write(self._path, _changed(self._stored, values))
            self.apply(values)

    def _coerced(self, option: Option, value: Any) -> Any:
        result = coerce(option, value)
        check_place(option.key, result, self._places, option.place)
        return result

    def _usable(self, option: Option) -> Any:
        stored = self._stored.get(option.key)
        if stored is None or option.key in EXPLANATIONS:
            return None
        try:
            return self._coerced(option, stored)
        except InvalidRequest as error:
            log.warning("settings file: %s: %s; the default is used", option.key, error.message)
            self._stored.pop(option.key, None)
            return None

    def _listed(self, option: Option) -> Any:
        value = self._usable(option)
        if value is None:
            return option.default
        return float(value) if option.kind == "float" else value

    def _is_read_only(self, key: str) -> bool:
        hidden = self._freeze.directories and key in DIRECTORY_KEYS
        return hidden or key in EXPLANATIONS | API_KEYS

    def _refuse_frozen(self, values: Mapping[str, Any]) -> None:
        for key, value in values.items():
            frozen = key in self._freeze.keys or self.table[key].section in self._freeze.sections
            if frozen and value is not None and value != self.get(key):
                raise InvalidRequest("this setting is frozen by a command-line flag", field=key)


def reportable(ignored: Iterable[str]) -> tuple[str, ...]:
    """Ignored keys worth a warning: neither obsolete nor texts of a settings page."""
    return tuple(k for k in ignored if k not in OBSOLETE_KEYS | EXPLANATIONS)


def _changed(stored: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Stored values with others in their place; None takes one out."""
    gone = {key for key, value in values.items() if value is None}
    return {key: value for key, value in {**stored, **values}.items() if key not in gone}


def _read(path: Path) -> dict[str, Any]:
    try:
        data = read_json(path)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        return _set_aside(path, error)
    if not isinstance(data, dict):
        return _set_aside(path, ValueError("not an object"))
    return {str(key): value for key, value in data.items()}


def _set_aside(path: Path, error: Exception) -> dict[str, Any]:
    """Keep a damaged file where its owner finds it; the next save makes a fresh one."""
    kept = path.parent / "tmp" / path.name
    number = 1
    while kept.exists() and (kept.is_dir() or path.is_dir()):
        kept, number = kept.with_name(f"{path.name}-{number}"), number + 1
    log.error("%s can't be read (%s); it is moved to %s and defaults are used", path, error, kept)
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        path.replace(kept)
    except OSError as failure:
        log.error("%s can't be moved: %s", path, failure)
    return {}


def _write(path: Path, data: Mapping[str, Any]) -> None:
    text = json.dumps(data, indent=4, ensure_ascii=False)
    if not is_encodable(text):
        text = json.dumps(data, indent=4)
    with telling(f"save the settings in {path}", "start with another --ui-settings-file"):
        write_file(path, text.encode(), durable=True)
