"""HTTP itself: errors, responses, middleware, auth, keys, fetched pictures."""
