"""Display filters in Wireshark's words."""
