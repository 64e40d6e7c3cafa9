"""What works templates out, in a process of its own with little time and memory."""
