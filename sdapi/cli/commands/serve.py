"""`launch.py serve`: run the server."""

from __future__ import annotations

import gc
import importlib
import logging
import os
import sys
from contextlib import suppress
from pathlib import Path

from pipelines.contract.log import set_up_log
from sdapi.flags.parse import ineffective, parse_flags

log = logging.getLogger("sdapi")

MOST_FILES = 65_536
"""Files and sockets that one server opens at most."""


def main(arguments: list[str]) -> int:
    """Serve until a signal to stop; start anew if a client asked for a restart."""
    gc.disable()  # a start makes what stays: looking through it for garbage takes a tenth of the time
    flags = parse_flags(arguments)
    configure_log(flags.loglevel, as_json=flags.log_json)
    for line in ineffective(flags):
        log.info(line)
    note = Path(flags.data_dir) / "tmp" / "restart"
    note.unlink(missing_ok=True)
    os.environ["SD_WEBUI_RESTART"] = str(note)
    import_fastapi()
    from sdapi.cli.server import make_server, require_keys, require_store

    allow_many_sockets()
    require_keys(flags)
    require_store(flags)
    server = make_server(flags)
    gc.freeze()
    gc.enable()
    with suppress(KeyboardInterrupt):
        server.run()
    if note.exists():
        log.info("restarting")
        os.execv(sys.executable, [sys.executable, "-m", "sdapi", "serve", *arguments])
    return 0


def import_fastapi() -> None:
    """Import FastAPI without the validators of its OpenAPI models, which only the document needs."""
    from pydantic import BaseModel

    BaseModel.model_config["defer_build"] = True
    importlib.import_module("fastapi.openapi.models")
    del BaseModel.model_config["defer_build"]


def allow_many_sockets() -> None:
    """Raise the soft limit of open files, which is lower than the number of sockets that fit."""
    try:
        import resource
    except ImportError:  # no Unix
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def configure_log(level: str | None, *, as_json: bool = False) -> None:
    """Log to stderr from ``level`` on (INFO unless given), libraries from WARNING on. Raises SystemExit."""
    name = (level or "INFO").upper()
    number = logging.getLevelNamesMapping().get(name)
    if number is None:
        raise SystemExit(f"--loglevel: there is no level {level}")
    set_up_log(number, as_json=as_json)
    for noisy in ("uvicorn.error", "httpx", "httpcore"):
        logging.getLogger(noisy).setLevel(max(number, logging.WARNING) if number > logging.DEBUG else number)
