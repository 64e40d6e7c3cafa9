"""Words of InvokeAI that are data: enumerations, names of schedulers, texts about fields."""
