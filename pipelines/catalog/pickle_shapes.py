"""Read the structure of a torch file without torch: tensors appear as their shapes, nothing is executed.

Work is bounded, whatever the file: bytes, steps, seconds, entries and depth.
"""

from __future__ import annotations

import io
import logging
import pickle
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, cast

from pipelines.catalog.file_kind import damaged
from pipelines.contract.errors import CorruptFile

log = logging.getLogger(__name__)

MAX_PICKLE_BYTES = 32 << 20
MAX_READS = 1_000_000
"""Reads of the unpickler, two or three for each thing in the file; a checkpoint needs some 100,000."""
MAX_SECONDS = 20.0
MAX_ENTRIES = 500_000
MAX_DEPTH = 20
LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
# the twin of pickle.Unpickler in Python: its steps can be counted, and other threads run between them
_PythonUnpickler: Any = vars(pickle)["_Unpickler"]


class TooMuch(Exception):
    """A file would take more work to read than any file of weights."""


def read_pickle_shapes(path: Path) -> Mapping[str, Any]:
    """Return the top-level table of a file, each tensor replaced by its shape. Raises CorruptFile."""
    try:
        with path.open("rb") as file:
            return _table(file)
    except TooMuch as error:
        raise CorruptFile(f"{path.name} is refused: {error}") from error
    except Exception as error:  # what a damaged pickle or archive raises is not bounded by Python
        raise damaged(path, "it is no torch file, or holds more than weights") from error


def require_bounded(file: BinaryIO, name: str) -> None:
    """Raise CorruptFile for a file that would keep a reader busy without end; any other passes.

    The file is at its start again afterwards.
    """
    try:
        _table(file)
    except TooMuch as error:
        raise CorruptFile(f"{name} is refused: {error}") from error
    except Exception as error:  # the reader that follows names the defect
        log.debug("%s has no table of tensors: %s", name, error)
    finally:
        file.seek(0)


def _table(file: BinaryIO) -> dict[str, Any]:
    if zipfile.is_zipfile(file):
        table = _load(_Bounded(io.BytesIO(_zip_pickle(file))))
    else:
        file.seek(0)
        table = _legacy(_Bounded(file))
    if not isinstance(table, dict):
        raise ValueError("it holds no table of tensors")
    _require_small(table)
    return cast("dict[str, Any]", table)


def _zip_pickle(file: BinaryIO) -> bytes:
    with zipfile.ZipFile(file) as archive:
        for entry in archive.infolist():
            if entry.filename.endswith("/data.pkl"):
                if entry.file_size > MAX_PICKLE_BYTES:
                    raise TooMuch(f"its list of contents has {entry.file_size} bytes")
                return archive.read(entry)
    raise ValueError("the archive holds no data.pkl")


def _legacy(file: _Bounded) -> object:
    if _load(file) != LEGACY_MAGIC:
        raise ValueError("it is not a torch file")
    _load(file)  # protocol version
    _load(file)  # byte order and sizes of the machine
    return _load(file)


def _load(file: _Bounded) -> object:
    return _ShapeUnpickler(file).load()


def _require_small(table: object) -> None:
    """Raise TooMuch unless tables in tables end soon; one that is in many places counts in each."""
    level: list[object] = [table]
    entries = 0
    for _ in range(MAX_DEPTH):
        level = [
            v for item in level if isinstance(item, dict) for v in cast("dict[str, object]", item).values()
        ]
        entries += len(level)
        if entries > MAX_ENTRIES:
            break
        if not level:
            return
    raise TooMuch("its tables have too many entries in too many levels")


class _Bounded:
    """A file for the unpickler that ends when it was asked too often, for too much or for too long."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._reads = 0
        self._end = time.monotonic() + MAX_SECONDS

    def read(self, size: int = -1) -> bytes:
        self._count(size)
        return self._file.read(size)

    def readline(self) -> bytes:
        self._count(0)
        return self._file.readline(MAX_PICKLE_BYTES)

    def _count(self, size: int) -> None:
        self._reads += 1
        late = self._reads % 4096 == 0 and time.monotonic() > self._end
        if late or self._reads > MAX_READS or not 0 <= size <= MAX_PICKLE_BYTES:
            raise TooMuch("reading it takes more steps than any file of weights")


class _Opaque:
    """Stands for everything that is not a shape or a plain container."""

    def __new__(cls, *args: object, **kwargs: object) -> _Opaque:
        return super().__new__(cls)


class _ParameterDict(dict[str, Any]):
    """torch's ParameterDict, of which the parameters are kept."""


def _rebuild_tensor(storage: object, offset: object, size: object, *rest: object) -> tuple[int, ...]:
    if not isinstance(size, tuple | list):
        raise ValueError("a shape is no list of numbers")
    sides = tuple(cast("tuple[object, ...]", size))
    if not all(type(side) is int and 0 <= side < 2**48 for side in sides) or len(sides) > 64:
        raise ValueError("a shape is no list of numbers")
    return cast("tuple[int, ...]", sides)


def _rebuild_parameter(data: object, *rest: object) -> object:
    return data


def _ordered(items: object = (), *rest: object) -> dict[Any, Any]:
    """Build an OrderedDict, empty or from pairs."""
    table: dict[Any, Any] = {}
    _put(table, [thing for pair in cast("list[list[object]]", items) for thing in (pair[0], pair[1])])
    return table


_BUILDERS: dict[tuple[str, str], Callable[..., object]] = {
    ("collections", "OrderedDict"): _ordered,
    ("torch._utils", "_rebuild_tensor_v2"): _rebuild_tensor,
    ("torch._utils", "_rebuild_tensor"): _rebuild_tensor,
    ("torch._utils", "_rebuild_parameter"): _rebuild_parameter,
    ("torch.nn.parameter", "Parameter"): _rebuild_parameter,
    ("torch.nn.modules.container", "ParameterDict"): _ParameterDict,
}


def _put(table: object, items: list[object]) -> None:
    """Fill a table with keys and values in turn. A key that is a container is left out: it may never end."""
    if isinstance(table, dict):
        for key, value in zip(items[::2], items[1::2], strict=True):
            if isinstance(key, str | int | float | bytes | None):
                table[key] = value


class _ShapeUnpickler(_PythonUnpickler):
    """Knows the containers of torch's files; steps that build or hash anything else are replaced."""

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        return _BUILDERS.get((module_name, global_name), _Opaque)

    def persistent_load(self, pid: object, /) -> None:
        return None

    def _frame(self) -> None:
        self.read(8)  # the length of a frame, which only helps readers to fetch ahead

    def _refuse(self) -> None:
        raise ValueError("it is not how weights are stored")

    def _set_item(self) -> None:
        value, key = self.stack.pop(), self.stack.pop()
        _put(self.stack[-1], [key, value])

    def _set_items(self) -> None:
        items = self.pop_mark()
        _put(self.stack[-1], items)

    def _dict(self) -> None:
        table: dict[Any, Any] = {}
        _put(table, self.pop_mark())
        self.append(table)

    def _add_items(self) -> None:
        self.pop_mark()  # what is in a set is never asked for

    def _frozen_set(self) -> None:
        self.pop_mark()
        self.append(frozenset())

    def _build(self) -> None:
        state = self.stack.pop()
        parameters = state.get("_parameters") if isinstance(state, dict) else None
        if isinstance(self.stack[-1], _ParameterDict) and isinstance(parameters, dict):
            self.stack[-1].update(parameters)

    dispatch = {  # noqa: RUF012
        **_PythonUnpickler.dispatch,
        pickle.FRAME[0]: _frame,
        pickle.SETITEM[0]: _set_item,
        pickle.SETITEMS[0]: _set_items,
        pickle.DICT[0]: _dict,
        pickle.ADDITEMS[0]: _add_items,
        pickle.FROZENSET[0]: _frozen_set,
        pickle.BUILD[0]: _build,
        pickle.BYTEARRAY8[0]: _refuse,
        pickle.NEXT_BUFFER[0]: _refuse,
    }
