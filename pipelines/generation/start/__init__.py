"""What sampling starts from: pictures and masks to latents, extra input channels, noise that was found."""
