"""HTTP itself: errors, responses, middleware, declared routes, fetched pictures; who is let in."""
