"""A headless Chromium driven over its DevTools protocol."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --remote-debugging-port=0"
).split()


class Browser:
    """One page. Close it when done."""

    def __init__(self, program: str, profile: Path, *, width: int, height: int) -> None:
        command = [program, *FLAGS, f"--user-data-dir={profile}", f"--window-size={width},{height}"]
        self._process = subprocess.Popen(
            [*command, "about:blank"], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        )
        self._next = 0
        self._stack = ExitStack()
        self._stack.callback(self._end)
        self._page: ClientConnection = self._stack.enter_context(connect(self._page_address(), max_size=None))
        self._call("Page.enable")
        self._call("Log.enable")

    def _page_address(self) -> str:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            found = re.search(r"ws://([^/]+)/", line)
            if found:
                return self._first_page(found[1])
        raise RuntimeError("Chromium did not start")

    def _first_page(self, host: str) -> str:
        pages: list[dict[str, str]] = httpx.get(f"http://{host}/json").json()
        return next(page["webSocketDebuggerUrl"] for page in pages if page["type"] == "page")

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        self._next += 1
        self._page.send(json.dumps({"id": self._next, "method": method, "params": params}))
        while True:
            message: dict[str, Any] = json.loads(self._page.recv(timeout=60))
            if message.get("id") == self._next:
                assert "error" not in message, message
                return message["result"]

    def open(self, address: str) -> None:
        """Go to an address."""
        self._call("Page.navigate", url=address)

    def run(self, script: str) -> Any:
        """The value of a JavaScript expression on the page."""
        answer = self._call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def wait(self, script: str, *, seconds: float = 240) -> None:
        """Wait until a JavaScript expression is true."""
        deadline = time.monotonic() + seconds
        while not self.run(script):
            assert time.monotonic() < deadline, f"never true: {script}"
            time.sleep(0.1)

    def screenshot(self, path: Path) -> None:
        """Save what the page looks like as PNG."""
        path.write_bytes(base64.b64decode(self._call("Page.captureScreenshot")["data"]))

    def close(self) -> None:
        """End the browser's process and delete its profile."""
        self._stack.close()

    def _end(self) -> None:
        self._process.terminate()
        self._process.wait(10)
        if self._process.stderr is not None:
            self._process.stderr.close()
