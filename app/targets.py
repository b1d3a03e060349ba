"""What the user wrote for hosts, made into targets: names, addresses, CIDR blocks, ranges, URLs, lines of a file.

Reading a word is pure; finding the addresses of names asks the network, many names at a time, in
threads that nobody has to wait for when the program is told to end. A host that is wrong is named with
its reason and never stands in the way of the others.
"""

import queue
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from app.engine.command import Target
from app.packet.compose import Address
from app.packet.text import safe

#: The most addresses that all blocks and ranges together may hold.
MOST_ADDRESSES = 65_536
#: How many names are looked up at a time.
LOOKUPS = 32

Resolve = Callable[[str], Sequence[Address]]

_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?", re.ASCII)


class HostError(ValueError):
    """What the user wrote is no host: one sentence that begins with what was written."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which of a host's addresses are wanted: of one IP version only, or one of each."""

    version: int | None = None
    both: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The targets that can be measured, and a sentence on each host that cannot."""

    targets: tuple[Target, ...]
    wrong: tuple[str, ...]
    swept: int = 0  #: how many of the targets nobody named one by one: addresses of blocks and ranges


def hosts_of(word: str) -> Iterator[str]:
    """The hosts that one word means: itself, the host of a URL, the addresses of a block. Raises HostError."""
    addresses = addresses_of(word)
    if addresses is None:
        yield host_of(word)
    else:
        yield from map(str, addresses)


def host_of(word: str) -> str:
    """The one host that a word means, itself or that of a URL. Raises HostError."""
    word = word.strip()
    return _host_of_url(word) if "://" in word else _single(word, word)


def addresses_of(word: str) -> Sequence[Address] | None:
    """The addresses of a block or a range; None where the word is neither. Raises HostError.

    As with `fping -g`, the network and the broadcast address of an IPv4 block are left out, and so is the
    subnet-router anycast address of an IPv6 block (RFC 4291, section 2.6.1). A range has both its ends.
    """
    word = word.strip()
    if "://" in word:
        return None
    if "/" in word:
        return _addresses_of_block(word)
    try:
        first, last = (ip_address(end) for end in word.split("-", 1))
    except ValueError:
        return None
    return _addresses_between(first, last, word)


def lines_of(text: str) -> Iterator[str]:
    """The words of a file of hosts, one a line; a # at the start of a line or after a space begins a comment."""
    for line in text.splitlines():
        if word := re.split(r"(?:^|\s)#", line, maxsplit=1)[0].strip():
            yield word


def find_targets(words: Iterable[str], resolve: Resolve, choice: Choice) -> Found:
    """The targets of all words, in their order, each once. May wait for the network."""
    asked: list[str | Sequence[Address] | HostError] = []
    room = MOST_ADDRESSES
    for word in words:
        try:
            addresses = _wanted(word, choice, room)
        except HostError as error:
            asked.append(error)
        else:
            asked.append(addresses)
            room -= 0 if isinstance(addresses, str) else len(addresses)
    hosts = tuple(dict.fromkeys(host for host in asked if isinstance(host, str)))
    answers = _resolved(hosts, resolve)
    targets: dict[str, Target] = {}
    swept: dict[str, Target] = {}
    wrong: dict[str, None] = {}
    for each in asked:
        try:
            if isinstance(each, HostError):
                raise each
            if isinstance(each, str):
                targets.update((target.key, target) for target in chosen(each, answers[each], choice))
            else:
                block = {(text := str(address)): Target(text, text, address) for address in each}
                swept |= block
                targets |= block
        except HostError as error:
            wrong[str(error)] = None
    return Found(tuple(targets.values()), tuple(wrong), len(swept))


def _wanted(word: str, choice: Choice, room: int) -> str | Sequence[Address]:
    """The host or the addresses that a word means, where there is room for so many. Raises HostError."""
    addresses = addresses_of(word)
    if addresses is None:
        return host_of(word)
    if choice.version not in (None, addresses[0].version):
        raise HostError(f"{safe(word.strip())} has no IPv{choice.version} address")
    if len(addresses) > room:
        raise HostError(f"{safe(word.strip())} is too much: {MOST_ADDRESSES:,} addresses in all are the most")
    return addresses


def chosen(host: str, addresses: Sequence[Address] | OSError, choice: Choice) -> tuple[Target, ...]:
    """The targets of a host by what its name resolved to. Raises HostError where none is wanted or there."""
    shown = safe(host)
    if isinstance(addresses, OSError):
        sentence = str(addresses)
        raise HostError(sentence if shown in sentence else f"{shown}: {sentence}")
    wanted = [address for address in addresses if choice.version in (None, address.version)]
    if not wanted:
        version = f"IPv{choice.version} " if choice.version else ""
        raise HostError(f"{shown} has no {version}address")
    firsts = {address.version: address for address in reversed(wanted)}
    if not choice.both or len(firsts) == 1:
        return (Target(key=shown, host=shown, address=wanted[0]),)
    return tuple(
        Target(key=f"{shown} ({address})", host=shown, address=address) for _, address in sorted(firsts.items())
    )


def _host_of_url(word: str) -> str:
    try:
        host = urlsplit(word).hostname
    except ValueError as error:
        raise HostError(f"{safe(word)} is no URL: {error}") from None
    if not host:
        raise HostError(f"{safe(word)} is a URL without a host")
    return _single(host, word)


def _addresses_of_block(word: str) -> Sequence[Address]:
    try:
        block = ip_network(word, strict=False)
    except ValueError:
        raise HostError(f"{safe(word)} is no block of addresses such as 192.0.2.0/24") from None
    if block.num_addresses > MOST_ADDRESSES:
        narrowest = block.max_prefixlen - MOST_ADDRESSES.bit_length() + 1
        raise HostError(f"{safe(word)} is too large: {MOST_ADDRESSES:,} addresses, a /{narrowest}, are the most")
    return list(block.hosts())


def _addresses_between(first: Address, last: Address, word: str) -> Sequence[Address]:
    count = int(last) - int(first) + 1
    if first.version != last.version or count < 1:
        raise HostError(f"{safe(word)} is no range: its end does not come after its beginning")
    if count > MOST_ADDRESSES:
        raise HostError(f"{safe(word)} is too large: {MOST_ADDRESSES:,} addresses are the most")
    return [first + offset for offset in range(count)]


def _single(host: str, word: str) -> str:
    """A name or an address as it is to be looked up."""
    if host.startswith("["):
        inside, bracket, port = host[1:].partition("]")
        if not bracket or (port and not re.fullmatch(r":\d{1,5}", port)) or ":" not in inside:
            raise HostError(f"{safe(word)} is no address in brackets")
        host = inside
    try:
        return str(ip_address(host))
    except ValueError:
        if ":" in host:
            raise HostError(f"{safe(word)} is no IPv6 address") from None
    if not _is_name(host):
        raise HostError(f"{safe(word)!r} is no host name")
    return host


def _is_name(host: str) -> bool:
    try:
        name = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return False
    labels = name.removesuffix(".").split(".")
    return len(name) <= 254 and all(_LABEL.fullmatch(label) for label in labels)


def _resolved(hosts: Sequence[str], resolve: Resolve) -> dict[str, Sequence[Address] | OSError]:
    """What each host resolved to, or why it did not."""
    answers: dict[str, Sequence[Address] | OSError] = {}
    names: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    told: queue.SimpleQueue[tuple[str, Sequence[Address] | OSError]] = queue.SimpleQueue()

    def look_up() -> None:
        while (host := names.get()) is not None:
            try:
                told.put((host, resolve(host)))
            except (OSError, ValueError) as error:
                told.put((host, error if isinstance(error, OSError) else OSError(f"{host} is no host name")))

    for host in hosts:
        try:
            answers[host] = (ip_address(host),)
        except ValueError:
            names.put(host)
    waiting = len(hosts) - len(answers)
    for _ in range(min(LOOKUPS, waiting)):
        names.put(None)
        threading.Thread(target=look_up, name="resolve", daemon=True).start()
    for _ in range(waiting):
        host, answer = told.get()
        answers[host] = answer
    return answers
