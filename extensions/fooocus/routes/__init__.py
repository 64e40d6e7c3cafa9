"""Over HTTP: routes, answers, links, errors."""
