"""Settings of the interpreter that keep engines punctual (measured): who takes turns, when garbage is looked for."""

import gc
import sys

#: Objects made, and not freed, until the young ones are gone through: 50,000 held up the engines by 30 to 60 ms.
_YOUNG = 5_000
_SWITCH = 0.001  #: seconds; a thread that draws gives way to one that sends after so long


def settle(*, collect: bool = True) -> None:
    """Keep for good what was loaded so far: a full collection over it stalled frames by 50 to 190 ms.

    Without `collect` what is garbage by now is kept as well, which a run of a second has no time to tidy up.
    """
    sys.setswitchinterval(_SWITCH)
    if collect:
        gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 20, 50)
