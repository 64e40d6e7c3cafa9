"""What acts on the UNet: control networks and how they are brought into a pass."""
