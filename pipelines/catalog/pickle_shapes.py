"""Read the structure of a torch file without torch: tensors appear as their shapes, nothing is executed."""

from __future__ import annotations

import io
import pickle
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

from pipelines.contract.errors import CorruptFile

MAX_PICKLE_BYTES = 100_000_000
LEGACY_MAGIC = 0x1950A86A20F9469CFC6C


def read_pickle_shapes(path: Path) -> Mapping[str, Any]:
    """The top-level table of a file, each tensor replaced by its shape. Raises CorruptFile."""
    try:
        text = _zip_pickle(path) if zipfile.is_zipfile(path) else None
        table = _load(io.BytesIO(text)) if text is not None else _legacy(path)
    except Exception as error:  # what a damaged pickle or archive raises is not bounded by Python
        reason = str(error) or type(error).__name__
        raise CorruptFile(f"{path.name} is damaged or holds more than weights: {reason}") from error
    if not isinstance(table, dict):
        raise CorruptFile(f"{path.name} holds no table of tensors")
    return cast("dict[str, Any]", table)


def _zip_pickle(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            if entry.filename.endswith("/data.pkl") and entry.file_size <= MAX_PICKLE_BYTES:
                return archive.read(entry)
    raise ValueError("the archive holds no data.pkl")


def _legacy(path: Path) -> object:
    with path.open("rb") as file:
        if _load(file) != LEGACY_MAGIC:
            raise ValueError("it is not a torch file")
        _load(file)  # protocol version
        _load(file)  # byte order and sizes of the machine
        return _load(file)


def _load(file: Any) -> object:
    return _ShapeUnpickler(file).load()


class _Opaque:
    """Stands for everything that is not a shape or a plain container."""

    def __new__(cls, *args: object, **kwargs: object) -> _Opaque:
        return super().__new__(cls)

    def __setstate__(self, state: object) -> None:
        pass


class _ParameterDict(dict[str, Any]):
    """torch's ParameterDict, of which the parameters are kept."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.update(state.get("_parameters") or {})


def _rebuild_tensor(storage: object, offset: object, size: tuple[int, ...], *rest: object) -> tuple[int, ...]:
    return tuple(size)


def _rebuild_parameter(data: object, *rest: object) -> object:
    return data


_BUILDERS: dict[tuple[str, str], Callable[..., object]] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _rebuild_tensor,
    ("torch._utils", "_rebuild_tensor"): _rebuild_tensor,
    ("torch._utils", "_rebuild_parameter"): _rebuild_parameter,
    ("torch.nn.parameter", "Parameter"): _rebuild_parameter,
    ("torch.nn.modules.container", "ParameterDict"): _ParameterDict,
}


class _ShapeUnpickler(pickle.Unpickler):
    def find_class(self, module_name: str, global_name: str, /) -> Any:
        return _BUILDERS.get((module_name, global_name), _Opaque)

    def persistent_load(self, pid: object, /) -> None:
        return None
