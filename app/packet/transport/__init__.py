"""UDP, TCP and their like."""
