"""LoRA through peft, in the layout of kohya's files."""
