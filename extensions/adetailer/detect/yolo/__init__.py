"""YOLOv8 and YOLO11, built from the names and shapes of a file's tensors."""
