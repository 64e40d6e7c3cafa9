"""What `launch.py gpu-check` measures, in a process of its own."""
