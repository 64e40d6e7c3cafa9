"""Fooocus-API's command-line flags."""

from __future__ import annotations

from sdapi.plugin import flag

FLAGS: tuple[flag.Flag, ...] = (
    flag.switch("--no-fooocus", flag.HONOURED, "leave out the Fooocus-API routes"),
    flag.port("--fooocus-port", "one more port that the server listens on, as 8888 of Fooocus-API"),
    flag.text(
        "--fooocus-base-url",
        flag.HONOURED,
        "where links to pictures begin, instead of the caller's side",
    ),
    flag.text("--webhook-url", flag.HONOURED, "is told of every job of Fooocus-API that names no webhook"),
)
