"""All that crosses a border: requests, results, progress, errors, options. It imports nothing of ours."""
