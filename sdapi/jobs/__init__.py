"""Jobs over HTTP: submit, follow, results, webhooks."""
