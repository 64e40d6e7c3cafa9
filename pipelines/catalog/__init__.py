"""What model files are on disk, told without torch, for every process."""
