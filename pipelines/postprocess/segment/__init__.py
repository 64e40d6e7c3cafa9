"""Masks of what a picture shows: what words name, or what stands out."""
