"""Jobs: their states, their store, their order and their events; nothing imports torch."""
