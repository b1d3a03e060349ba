"""`hopscope errors`."""

from app.arguments import Request
from app.net.link import LinkError
from app.report.interruption import Interruption


def errors(request: Request, interruption: Interruption) -> int:
    """Run it; the exit status."""
    raise LinkError("not built yet")
