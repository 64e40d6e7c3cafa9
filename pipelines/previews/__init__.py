"""Small pictures of unfinished latents, without the VAE."""
