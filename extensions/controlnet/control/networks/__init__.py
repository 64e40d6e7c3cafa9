"""Control models of every kind: read from files, matched with the checkpoint, run as networks."""
