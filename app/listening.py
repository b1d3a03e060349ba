"""`hopscope listen`."""

from app.arguments import Request
from app.net.link import LinkError
from app.report.interruption import Interruption


def listen(request: Request, interruption: Interruption) -> int:
    """Run it; the exit status."""
    raise LinkError("not built yet")
