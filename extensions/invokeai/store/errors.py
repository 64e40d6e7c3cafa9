"""Errors for what isn't in the store, under the names that packs know."""

from __future__ import annotations


class ImageRecordNotFoundException(Exception):
    """There is no picture of that name."""

    def __init__(self, message: str = "Image record not found") -> None:
        super().__init__(message)


class ImageFileNotFoundException(Exception):
    """A picture's file is gone."""

    def __init__(self, message: str = "Image file not found") -> None:
        super().__init__(message)


class BoardRecordNotFoundException(Exception):
    """There is no board of that id."""

    def __init__(self, message: str = "Board record not found") -> None:
        super().__init__(message)


class WorkflowNotFoundError(Exception):
    """There is no workflow of that id."""


class ObjectNotFoundError(KeyError):
    """There is no tensor or conditioning of that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Object with name {name} not found")
