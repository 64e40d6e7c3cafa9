"""The end of a picture: faces, colours, overlays, its infotext, its files, and the answer to the client."""
