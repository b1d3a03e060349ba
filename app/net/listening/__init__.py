"""Hearing what passes this host, by the device or by raw sockets, and sending by hand."""
