"""From a validated body to a frozen request: names, seeds, styles, scripts and options."""
