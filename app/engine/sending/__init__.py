"""Packets made by hand: how they leave, what became of them, and what answers them."""
