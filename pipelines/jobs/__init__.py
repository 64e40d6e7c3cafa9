"""Jobs: their states, their store, their order, and the processes that run them; nothing imports torch."""
