"""Multicast routing and membership: IGMP, DVMRP, mtrace, PIM."""
