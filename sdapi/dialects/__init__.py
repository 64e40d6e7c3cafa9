"""The APIs that clients use, one folder each."""
