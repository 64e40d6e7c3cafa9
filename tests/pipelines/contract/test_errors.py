"""Every error class keeps its name, its status and its words across the process border."""

from __future__ import annotations

import importlib
import pickle
import pkgutil
from collections.abc import Iterator

import pytest

import extensions
import pipelines
import sdapi
from pipelines.contract import errors
from pipelines.contract.errors import InvalidRequest, SdapiError, TooManyJobs, kinds, plain
from pipelines.contract.failure import Failure


def every_class(kind: type[SdapiError] = SdapiError) -> Iterator[type[SdapiError]]:
    yield kind
    for heir in kind.__subclasses__():
        yield from every_class(heir)


def test_all_classes_live_in_one_module() -> None:
    for package in (pipelines, sdapi, extensions):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    product = [kind for kind in every_class() if not kind.__module__.startswith("tests")]
    strangers = [kind for kind in product if kind.__module__ not in (errors.__name__, __name__)]
    assert strangers == []
    assert len(product) > 15


@pytest.mark.parametrize("kind", kinds().values())
def test_every_class_crosses_the_border(kind: type[SdapiError]) -> None:
    error = kind("what happened", field="steps")
    again = Failure.of(error).error()
    assert (type(again), again.status, again.message, again.field) == (
        kind,
        kind.status,
        "what happened",
        "steps",
    )
    copy: SdapiError = pickle.loads(pickle.dumps(error))
    assert (type(copy), copy.status, copy.message, copy.field) == (
        kind,
        kind.status,
        "what happened",
        "steps",
    )


def test_a_class_of_an_extension_keeps_its_status() -> None:
    class Busy(InvalidRequest):
        status = 423

    again = Failure.of(Busy("wait")).error()
    assert (type(again), again.status, again.message) == (InvalidRequest, 423, "wait")


def test_what_a_class_adds_outlives_pickling() -> None:
    copy: TooManyJobs = pickle.loads(pickle.dumps(TooManyJobs("full", retry_after=7)))
    assert copy.retry_after == 7


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]8;;http://x\x07link\x1b]8;;\x07", "link"),
        ("bell\x07, back\x08, cut \x1b", "bell, back, cut "),
        ("two\nlines\tand é", "two\nlines\tand é"),
    ],
)
def test_no_terminal_codes(text: str, shown: str) -> None:
    assert plain(text) == shown
    assert SdapiError(text).message == str(SdapiError(text)) == shown
