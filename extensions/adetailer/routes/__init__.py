"""The routes by which clients learn which detectors there are."""
