"""`python -m app` is `hopscope`."""

import sys

from app.cli import main

sys.exit(main())
