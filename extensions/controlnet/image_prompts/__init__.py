"""Pictures in place of words: IP-Adapters, style adapters, revision, InstantID, PuLID."""
