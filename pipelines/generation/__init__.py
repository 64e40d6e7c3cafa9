"""The steps of a generation, one file each: prompts, sampling, hires, decoding, finishing, answering."""
