"""The model files on disk: their names, kinds, hashes and shapes, read without torch in any process."""
