"""ADetailer: find faces, hands and people in finished pictures, and repaint each by itself."""
