"""ControlNet: pictures steer a generation through control networks and attention."""
