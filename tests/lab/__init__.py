"""Real Linux routers in network namespaces, and hopscope run among them as a user runs it."""
