"""What a link that listens is asked to hear: protocols by name, interfaces, and by which of the kernel's two ears."""

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
