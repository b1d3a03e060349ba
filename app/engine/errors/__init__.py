"""The errors that ICMP brings to this host, and the sockets and processes that they are about."""
