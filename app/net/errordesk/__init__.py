"""The Unix socket at which ICMP errors are handed to the programs that they are about."""
