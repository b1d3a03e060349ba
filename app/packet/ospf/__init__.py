"""OSPF for IPv4 and for IPv6: packets, link-state advertisements, and what they carry."""
