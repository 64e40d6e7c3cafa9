"""What `launch.py` can do, one file per command."""
