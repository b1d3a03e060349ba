"""What stands in front of IP on a wire."""
