"""Cases, stability, the model, compilers."""
