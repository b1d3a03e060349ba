"""All that is impure: sockets, clocks, threads, names."""
