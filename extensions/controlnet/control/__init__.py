"""Control of the UNet: control networks, and their part in the calls of a pass."""
