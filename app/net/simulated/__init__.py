"""A simulated internet: scenarios in TOML, routers and hosts that answer real bytes with real bytes, and its links."""
