"""The commands beside ping and trace, each from its request to its exit status."""
