"""HTTP itself: errors, responses, middleware, declared routes, fetched pictures, admission."""
