"""What a link that listens is asked to hear: protocols by name, interfaces, and by which of the kernel's two ears.

What the names mean on the wire stands in `app.engine.wanted`, which a run that listens to nothing need not load.
"""

from dataclasses import dataclass
from enum import Enum


class Ear(Enum):
    """Who hands the packets over: raw sockets (raw(7)), or the device itself (packet(7))."""

    RAW = "raw"
    PACKET = "packet"


@dataclass(frozen=True, slots=True)
class Hearing:
    """What is wanted. Neither list names anything: all of it is wanted, interfaces that come later included."""

    protocols: tuple[str, ...] = ()  #: names of protocols, or IP protocol numbers
    interfaces: tuple[str, ...] = ()
    ear: Ear = Ear.PACKET
    is_prompt: bool = False  #: each packet at once, where some milliseconds would be too late and packets are few


#: ICMP errors, each at once: whoever is told of one may close its socket in the next millisecond.
ERRORS = Hearing(protocols=("icmp-errors",), is_prompt=True)


class UnknownProtocolError(ValueError):
    """A protocol that is not known by that name, or that cannot be heard so: a sentence."""
