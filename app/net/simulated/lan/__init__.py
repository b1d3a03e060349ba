"""A simulated LAN: routers and hosts that advertise, query and speak of themselves, and answer what is asked."""
