"""Samplers as generators: each yields where it wants the model, and is sent the prediction."""
