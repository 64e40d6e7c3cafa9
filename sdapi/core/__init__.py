"""The parts that every route reaches: settings, services, hooks, the state of one application."""
