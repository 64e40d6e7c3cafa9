"""The X/Y/Z plot: axes as data, their values, and the grid that they span."""
