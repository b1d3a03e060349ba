"""What became of a packet: two or three pictures of it side by side, and what each difference means."""
