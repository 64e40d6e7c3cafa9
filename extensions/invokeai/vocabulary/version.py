"""The release of InvokeAI whose interface this is."""

from __future__ import annotations

__version__ = "6.8.1"
__app_id__ = "invoke-ai/InvokeAI"
__app_name__ = "InvokeAI"
