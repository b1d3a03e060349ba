"""Which router of RFC 1256 a host takes: the most preferred of its own subnet (RFC 1256, section 5.1)."""

from collections.abc import Iterable

from app.engine.host import Interface
from app.engine.neighbourhood.facts import AdvertisedRouter, RoleKind, RouterDiscovery
from app.engine.neighbourhood.findings.finding import Scene
from app.engine.neighbourhood.readers.routers import NOT_DEFAULT
from app.engine.neighbourhood.snapshot import ChosenRouter


def chosen_routers(scene: Scene) -> Iterable[ChosenRouter]:
    """The router to be taken on each interface where one may be: addresses of other subnets are ignored."""
    best: dict[str, ChosenRouter] = {}
    for neighbour, role in scene.speaking(RoleKind.ROUTER_DISCOVERY):
        if not isinstance(role.facts, RouterDiscovery) or role.suspicious:
            continue
        interface = scene.interface(neighbour.interface)
        for router in role.facts.routers:
            known = best.get(neighbour.interface)
            if _may_be_taken(router, interface) and (known is None or router.preference > known.preference):
                best[neighbour.interface] = ChosenRouter(
                    neighbour.interface, router.address, router.preference, neighbour.key
                )
    return best.values()


def _may_be_taken(router: AdvertisedRouter, interface: Interface | None) -> bool:
    is_near = interface is None or any(router.address in address.network for address in interface.addresses)
    return is_near and router.preference != NOT_DEFAULT
