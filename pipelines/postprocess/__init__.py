"""Work on finished pictures: faces, enlargement, description, masks."""
