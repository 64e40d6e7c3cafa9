"""The work of core nodes on our engine: prompts to conditioning, noise to latents, latents to pictures."""
