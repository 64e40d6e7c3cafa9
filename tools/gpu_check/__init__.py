"""The measurements of `launch.py gpu-check`, which run in a separate process."""
