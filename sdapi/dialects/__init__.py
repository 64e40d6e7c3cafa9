"""The APIs that clients speak, one folder each."""
