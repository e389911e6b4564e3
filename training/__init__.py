"""Makes the encoder; training/README.md says how."""
