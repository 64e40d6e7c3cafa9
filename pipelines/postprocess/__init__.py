"""What is done to finished pictures: faces, enlargement, description."""
