"""Who reads which layer, by the name that the layer has for display filters."""

from collections.abc import Mapping

from app.engine.neighbourhood.readers import linklayer, mrinfo, mtrace, multicast, ospf, redundancy, routers, routing
from app.engine.neighbourhood.saying import Reader

_TABLES = (
    routers.READERS,
    multicast.READERS,
    mrinfo.READERS,
    mtrace.READERS,
    ospf.READERS,
    routing.READERS,
    redundancy.READERS,
    linklayer.READERS,
)

#: Several readers may want one layer: router advertisements and listener reports are both ICMPv6.
READERS: Mapping[str, tuple[Reader, ...]] = {
    name: tuple(table[name] for table in _TABLES if name in table)
    for name in {name for table in _TABLES for name in table}
}
