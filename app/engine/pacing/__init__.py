"""Whose turn it is to be probed, and when: at computed moments, as replies come, less often where nobody answers."""
