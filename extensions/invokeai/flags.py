"""InvokeAI's command-line flags."""

from __future__ import annotations

from sdapi.plugin import flag

FLAGS: tuple[flag.Flag, ...] = (
    flag.switch("--no-invokeai", flag.HONOURED, "leave out InvokeAI's routes and graphs"),
    flag.switch("--no-nodes", flag.HONOURED, "import no node packs from the data folder's `nodes`"),
)
