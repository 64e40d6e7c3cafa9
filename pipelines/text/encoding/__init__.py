"""Prompts to the tensors that steer the UNet: encoding, emphasis, schedules, assembly per step."""
