"""hopscope as a user runs it: a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

COMMAND = (sys.executable, "-m", "app")
#: No configuration of whoever runs the tests.
ENVIRONMENT = {**os.environ, "XDG_CONFIG_HOME": "/nonexistent", "PYTHONIOENCODING": "utf-8"}


def hopscope(
    *arguments: str, stdin: str | bytes = b"", environment: Mapping[str, str] = ENVIRONMENT
) -> subprocess.CompletedProcess[str]:
    """Run to the end."""
    ended = subprocess.run(
        (*COMMAND, *arguments),
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        timeout=60,
        check=False,
        env=dict(environment),
    )
    return subprocess.CompletedProcess(ended.args, ended.returncode, ended.stdout.decode(), ended.stderr.decode())


def documents(text: str) -> list[dict[str, Any]]:
    """Every line, as JSON."""
    return [json.loads(line) for line in text.splitlines()]
