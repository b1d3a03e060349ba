"""What a test may demand of the machine it runs on: without it the test skips, and says why.

Where `HOPSCOPE_LAB=require` is set, such a skip is a failure: a green run then means that all was run.
"""

import os
import shutil
from typing import NoReturn

import pytest


def lack(reason: str) -> NoReturn:
    """Skip the test, or fail it where everything was required to run."""
    if os.environ.get("HOPSCOPE_LAB") == "require":
        pytest.fail(f"HOPSCOPE_LAB=require, but {reason}")
    pytest.skip(reason)


def require_root() -> None:
    """Root, for raw sockets, namespaces and the settings of the kernel."""
    if os.geteuid() != 0:
        lack("this test needs root")


def require_programs(*names: str) -> None:
    """Programs that must be installed."""
    missing = [name for name in names if shutil.which(name) is None]
    if missing:
        lack(f"this test needs {', '.join(missing)}")
