"""Read what others wrote: encoded pictures in every mode, base64, metadata in any encoding and state."""
