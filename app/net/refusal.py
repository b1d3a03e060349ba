"""What it means that the kernel did not take a datagram, by errno, in words a user can act on."""

import errno
import os

from app.engine.datagram import Failure

_WORDS = {
    errno.ENETUNREACH: "no route to it",
    errno.EHOSTUNREACH: "the way out cannot reach it",
    errno.EADDRNOTAVAIL: "no address of this host to send it from",
    errno.EAFNOSUPPORT: "its IP version is not in use here",
    errno.EACCES: "a route or a broadcast address forbids it",
    errno.EPERM: "a packet filter of this host refuses it",
    errno.EMSGSIZE: "it is larger than the MTU of the way out",
    errno.ENOBUFS: "the queue of the interface is full",
    errno.ENETDOWN: "the interface is down",
    errno.ENODEV: "the interface is gone",
    errno.EINVAL: "the kernel finds the route or the packet invalid",
}


def words(error: OSError) -> str:
    """Why, as a clause."""
    number = error.errno or 0
    return _WORDS.get(number) or os.strerror(number).lower()


def name(error: OSError) -> str:
    """The errno's name, such as "ENETUNREACH"."""
    return errno.errorcode.get(error.errno or 0, "EUNKNOWN")


def failure(token: int, at: int, error: OSError) -> Failure:
    """What to tell the engine of a datagram that was not sent."""
    return Failure(token, at, name(error), words(error))
