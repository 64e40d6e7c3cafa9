"""Sampler, guidance and model calls: the seam where jobs share batches."""
