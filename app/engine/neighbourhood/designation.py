"""Which PIM routers are designated: none of them says so, all of their hellos together do (RFC 7761, section 4.3.2)."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeAlias

from app.engine.neighbourhood.entry import Entry, Standing
from app.engine.neighbourhood.facts import Pim
from app.engine.neighbourhood.readers.pim import elected_dr
from app.packet.compose import Address

#: A hello that holds, and the address that it came from.
_Candidate: TypeAlias = tuple[Address, Pim, Standing]


def designate(entries: Iterable[Entry]) -> None:
    """Put down of each PIM router whether it is designated on its link; what cannot be believed is not elected."""
    links: dict[tuple[str, int], list[_Candidate]] = {}
    for entry in entries:
        for standing in entry.roles.values():
            facts = standing.saying.facts
            if not isinstance(facts, Pim):
                continue
            address = _address(entry, standing)
            if (
                address is None
                or standing.saying.suspicious
                or standing.saying.is_goodbye
                or standing.gone_at is not None
            ):
                _tell(standing, facts, is_dr=False)
            else:
                links.setdefault((entry.interface, address.version), []).append((address, facts, standing))
    for candidates in links.values():
        elected = elected_dr((address, facts) for address, facts, _ in candidates)
        for address, facts, standing in candidates:
            _tell(standing, facts, is_dr=address == elected)


def _address(entry: Entry, standing: Standing) -> Address | None:
    """The address on the link that its hellos of this family come from."""
    version = 6 if standing.saying.instance else 4
    found = (address for address in entry.addresses if address.version == version)
    return next((address for address in found if version == 4 or address.is_link_local), None)


def _tell(standing: Standing, facts: Pim, *, is_dr: bool) -> None:
    if facts.dr is not is_dr:
        standing.retell(replace(facts, dr=is_dr))
