"""argv to what runs: the only place where the parts are put together."""


def main() -> int:
    """Run the command line; the exit status is the return value."""
    raise SystemExit(2)
