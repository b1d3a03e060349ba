"""Bytes and headers: pure functions and frozen records, standard library only."""
