"""Read arguments of plain JSON by their types, with errors that name the argument."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from pipelines.contract.errors import InvalidRequest, SdapiError
from pipelines.contract.limits import within
from sdapi.http.lax import to_bool, to_float, to_int, to_str

T = TypeVar("T")


@contextmanager
def naming(names: Mapping[str, str]) -> Generator[None]:
    """While entered, rename the fields of errors: our path -> the route's name."""
    try:
        yield
    except SdapiError as error:
        own = names.get(error.field or "")
        if own is not None and error.field is not None:
            error.message = error.message.replace(error.field, own, 1)
            error.field = own
        raise


class ArgumentReader:
    """Reads the arguments of a body; those left out or null have their usual value, where there is one."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        self.body = body

    def whole(self, field: str, usual: int | None = None) -> int:
        """A whole number. Raises InvalidRequest."""
        return self._read(field, usual, to_int, "a whole number")

    def number(self, field: str, usual: float | None = None) -> float:
        """A number as it was sent: infotexts show 7 and 7.0 as such. Raises InvalidRequest."""
        value = self.body.get(field)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value
        return self._read(field, usual, to_float, "a number")

    def share(self, field: str, usual: float, *, most: float = 1.0) -> float:
        """A number from 0 to ``most``. Raises InvalidRequest."""
        value = self.number(field, usual)
        within(field, value, 0, most)
        return value

    def text(self, field: str, usual: str = "") -> str:
        """A text, or a number as text. Raises InvalidRequest."""
        return self._read(field, usual, to_str, "a text")

    def check(self, kinds: Mapping[str, str]) -> None:
        """Read every argument by the JSON type of ``kinds`` that it has. Raises InvalidRequest."""
        readers: Mapping[str, Callable[[str], object]] = {
            "integer": lambda field: self.whole(field, 0),
            "number": lambda field: self.number(field, 0),
            "boolean": self.truth,
            "string": self.text,
        }
        for field, kind in kinds.items():
            if kind in readers:
                readers[kind](field)

    def truth(self, field: str) -> bool:
        """A boolean as clients spell it; null is False. Raises InvalidRequest."""
        return self._read(field, False, to_bool, "true or false")

    def _read(self, field: str, usual: T | None, read: Callable[[object], T], what: str) -> T:
        value = self.body.get(field)
        if value is None and usual is not None:
            return usual
        try:
            return read(value)
        except ValueError as error:
            raise InvalidRequest(f"must be {what}", field=field) from error
