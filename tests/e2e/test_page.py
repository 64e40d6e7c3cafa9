"""The page at ``/`` in a real browser: it makes a picture, starts from one, and fits a phone."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.e2e.browser import Browser

PROGRAM = shutil.which("chromium") or shutil.which("google-chrome")
PIXELS = base64.b64encode(
    (Path(__file__).resolve().parents[1] / "data" / "parity" / "inputs" / "square.png").read_bytes()
).decode()
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="Chromium is not installed")


@pytest.fixture(params=[(1100, 800), (390, 844)], ids=["desktop", "phone"])
def browser(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Browser]:
    width, height = request.param
    opened = Browser(str(PROGRAM), tmp_path / "profile", width=width, height=height)
    yield opened
    opened.close()


def _ready(browser: Browser, server: httpx.Client) -> None:
    browser.open(str(server.base_url))
    browser.wait("!!document.querySelector('select[name=checkpoint] option')")
    browser.run(
        "for (const [k, v] of [['steps', 4], ['width', 64], ['height', 64]]) form.elements[k].value = v"
    )


def test_makes_a_picture(browser: Browser, server: httpx.Client) -> None:
    _ready(browser, server)
    browser.run("document.getElementById('go').click()")
    browser.wait("document.querySelectorAll('#gallery figure').length == 1")
    caption = browser.run("document.querySelector('#gallery figcaption').textContent")
    assert "Steps: 4" in caption
    browser.wait("document.querySelector('#gallery img').naturalWidth == 64")
    assert browser.run("document.documentElement.scrollWidth <= window.innerWidth")


def test_starts_from_a_dropped_picture(browser: Browser, server: httpx.Client) -> None:
    _ready(browser, server)
    browser.run(
        f"""(() => {{
            const bytes = Uint8Array.from(atob('{PIXELS}'), (c) => c.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], 'square.png', {{ type: 'image/png' }}));
            document.getElementById('drop').dispatchEvent(
                new DragEvent('drop', {{ dataTransfer: transfer, bubbles: true, cancelable: true }}));
        }})()"""
    )
    browser.wait("!document.getElementById('init').hidden")
    browser.run("document.getElementById('go').click()")
    browser.wait("document.querySelectorAll('#gallery figure').length == 1")
    assert "Denoising strength: 0.75" in browser.run(
        "document.querySelector('#gallery figcaption').textContent"
    )


def test_tells_what_is_wrong(browser: Browser, server: httpx.Client) -> None:
    _ready(browser, server)
    browser.run(
        "form.noValidate = true; form.elements.width.value = 4; document.getElementById('go').click()"
    )
    browser.wait("document.getElementById('message').className == 'error'")
    assert "width" in browser.run("document.getElementById('message').textContent")


def test_policy_lets_nothing_in(server: httpx.Client) -> None:
    answer = server.get("/", headers={"Accept": "text/html"})
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert server.get("/static/secret").status_code == 404
    assert server.get("/").headers["content-type"].startswith("text/plain")
