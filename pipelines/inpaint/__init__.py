"""How the unmasked part of a picture survives sampling."""
