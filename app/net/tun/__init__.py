"""TUN devices and the namespaces that they stand in: how whole IP datagrams are had from other programs."""
