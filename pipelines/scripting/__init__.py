"""The declarations and tools of script files, and the X/Y/Z plot."""
