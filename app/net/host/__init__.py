"""What the kernel knows of this host: links and routes, sockets and whose they are. Read, never changed."""
