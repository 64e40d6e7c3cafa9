"""Noise levels, schedules and samplers: the numerical side of denoising."""
