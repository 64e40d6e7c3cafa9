"""Pictures that tests steer with."""

from __future__ import annotations

import base64
import io

from PIL import Image


def drawing() -> str:
    """A white square on black, 64 x 64, as base64."""
    image = Image.new("RGB", (64, 64))
    image.paste((255, 255, 255), (16, 16, 48, 48))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()
