"""The start of sampling: pictures and masks to latents, extra input channels, noise that was found."""
