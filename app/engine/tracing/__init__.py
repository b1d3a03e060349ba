"""Paths, hop by hop: which TTL is asked when, who answered, and what many traces know together."""
