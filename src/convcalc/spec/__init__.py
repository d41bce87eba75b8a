"""From text to networks: the description language."""
