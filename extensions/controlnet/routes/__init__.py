"""``/controlnet/*``: what is asked and answered over HTTP."""
