"""Whoever runs the tests, in whatever terminal: what programs take from there is taken away before any test is read."""

import os

for name in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "ESCDELAY", "XDG_CONFIG_HOME"):
    os.environ.pop(name, None)
# Hundreds of programs are started: one that may not keep what it has compiled takes twice as long.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
