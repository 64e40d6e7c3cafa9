"""The process that works templates out, with little time and memory."""
