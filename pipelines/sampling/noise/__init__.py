"""Random numbers: seeds in, the noise of each image out."""
