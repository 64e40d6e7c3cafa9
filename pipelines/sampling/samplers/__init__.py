"""Samplers as generators: each yields where it needs the model, and is sent the prediction."""
