"""What draws a snapshot. No engine, no socket, no thread."""
