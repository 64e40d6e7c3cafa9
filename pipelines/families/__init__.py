"""Model families: each owns its code, and the rest of the engine asks what ``base`` lists."""
