"""``/controlnet/*`` over HTTP: requests, answers, and the check of units before they are queued."""
