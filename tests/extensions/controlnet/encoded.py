"""Pictures as clients send them."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
from PIL import Image


def encoded(array: Any) -> str:
    """A picture's PNG in base64."""
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


PIXEL = encoded(np.full((8, 8, 3), 90, np.uint8))
