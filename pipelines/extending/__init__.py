"""Extensions found, loaded and asked by hooks, and the lazy export tables of the surfaces that they use."""
