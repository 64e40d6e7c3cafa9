"""InvokeAI's own nodes on our engine, under its types; the modules import no torch, their work does."""
