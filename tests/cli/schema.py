"""What docs/json.md promises, as shapes to hold documents against.

A shape is a type, a tuple of alternatives, a list of one shape for all members, or a dict whose keys must
all be there; a document may hold more keys than its shape.
"""

from typing import Any

NULL = type(None)

RTT = dict.fromkeys(("min", "mean", "max", "stddev", "median", "p95", "jitter"), int)
LEDGER = {
    **dict.fromkeys(("sent", "replied", "lost", "in_flight", "failed", "unknown"), int),
    "loss": (float, NULL),
}
CLOCK = {"sent": (str, NULL), "received": (str, NULL)}
ERROR = {"from": str, "type": int, "code": int, "text": str, "count": int}
PING = {
    "targets": [
        {
            "host": str,
            "address": str,
            **LEDGER,
            "late": int,
            "duplicates": int,
            "rtt_ns": (RTT, NULL),
            "host_ns": (int, NULL),
            "clock": CLOCK,
            "errors": [ERROR],
        }
    ],
    "dropped": int,
    "link": str,
    "started_at": int,
    "ended_at": int,
}
INTERFACE = {
    "role": str,
    "index": (int, NULL),
    "address": (str, NULL),
    "name": (str, NULL),
    "mtu": (int, NULL),
}
RESPONDER = {
    "address": str,
    "names": [str],
    "replied": int,
    "rtt_ns": (RTT, NULL),
    "icmp": {"type": (int, NULL), "code": (int, NULL), "text": str},
    "quoted_ttl": (int, NULL),
    "reply_ttl": (int, NULL),
    "mtu": (int, NULL),
    "mpls": [{"label": int, "tc": int, "bottom": bool, "ttl": int}],
    "interface": (INTERFACE, NULL),
    "nat": (bool, NULL),
}
HOP = {"ttl": int, **LEDGER, "rtt_ns": (RTT, NULL), "host_ns": (int, NULL), "responders": [RESPONDER]}
TRACE = {
    "target": {"host": str, "address": str},
    "method": str,
    "reached": bool,
    "end": str,
    "hops": [HOP],
    "paths": [[(str, NULL)]],
    "path_mtu": (int, NULL),
    "dropped": int,
    "findings": [{"kind": str, "ttl": (int, NULL), "text": str}],
    "link": str,
    "started_at": int,
    "ended_at": int,
}
EVENT = {"event": str, "at": int, "host": str, "address": str, "sequence": int}
ANSWER = {**EVENT, "rtt_ns": int, "reply_ttl": (int, NULL), "length": int, "clock": CLOCK}
PACKET = {
    "frame": int,
    "time_ns": (int, NULL),
    "length": int,
    "captured": int,
    "link": str,
    "layers": [{"name": str, "pos": int, "size": int, "value": (int, str, NULL), "shown": str}],
    "checks": [{"pos": int, "status": str}],
    "notes": [{"pos": int, "severity": str, "text": str}],
}
ROLE_FACTS: dict[str, Any] = {
    "router-advertisement": {
        "router_lifetime_s": int,
        "hop_limit": int,
        "managed": bool,
        "other": bool,
        "preference": str,
        "reachable_ms": int,
        "retransmit_ms": int,
        "mtu": (int, NULL),
        "prefixes": [{"prefix": str, "on_link": bool, "autonomous": bool, "valid_s": int, "preferred_s": int}],
        "rdnss": [str],
        "dnssl": [str],
        "routes": [{"prefix": str, "preference": str, "lifetime_s": int}],
        "pref64": [str],
    },
    "router-discovery": {"lifetime_s": int, "routers": [{"address": str, "preference": int}]},
    "ospf": {
        "router_id": str,
        "area": str,
        "priority": int,
        "dr": str,
        "bdr": str,
        "hello_s": int,
        "dead_s": int,
        "mask": (str, NULL),
        "auth": str,
        "neighbours": [str],
    },
    "igmp-querier": {
        "version": int,
        "interval_s": (int, NULL),
        "max_response_ms": int,
        "robustness": (int, NULL),
    },
    "pim": {"holdtime_s": (int, NULL), "dr_priority": (int, NULL), "generation_id": (int, NULL), "dr": bool},
    "vrrp": {"version": int, "group": int, "priority": int, "interval_ms": int, "addresses": [str]},
    "rip": {"routes": [{"prefix": str, "metric": int, "next_hop": (str, NULL)}]},
    "bfd": {"state": str, "my_discriminator": int, "detect_multiplier": int},
    "lldp": {"chassis": str, "port": str, "system_name": (str, NULL)},
}
ROLE_FACTS["ospf6"] = {key: shape for key, shape in ROLE_FACTS["ospf"].items() if key != "mask"}
ROLE_FACTS["mld-querier"] = ROLE_FACTS["igmp-querier"]
ROLE_FACTS["ripng"] = ROLE_FACTS["rip"]
ROLE = {
    "kind": str,
    "first_heard": int,
    "last_heard": int,
    "expires_at": (int, NULL),
    "suspicious": [str],
    "facts": {},
}
NEIGHBOURS = {
    "interfaces": [{"name": str, "index": int, "addresses": [str], "mtu": (int, NULL), "up": bool}],
    "neighbours": [{"interface": str, "addresses": [str], "mac": (str, NULL), "roles": [ROLE]}],
    "groups": [{"interface": str, "group": str, "reporters": [str], "last_heard": int}],
    "findings": [{"kind": str, "interface": str, "text": str}],
}
MRINFO = {
    "router": str,
    "version": (str, NULL),
    "flags": [str],
    "interfaces": [{"address": str, "metric": int, "threshold": int, "flags": [str], "neighbours": [str]}],
    "suspicious": [str],
}
MTRACE = {
    "router": str,
    "source": str,
    "group": str,
    "receiver": (str, NULL),
    "routers": [
        {
            "incoming": (str, NULL),
            "outgoing": (str, NULL),
            "previous": (str, NULL),
            "protocol": str,
            "threshold": int,
            "code": str,
            "packets_in": (int, NULL),
            "packets_out": (int, NULL),
            "packets": (int, NULL),
        }
    ],
}


def faults(document: Any, shape: Any, place: str = "$") -> list[str]:
    """What of a document does not have the shape that it should have."""
    if isinstance(shape, tuple):
        tried = [faults(document, each, place) for each in shape]
        return [] if any(not found for found in tried) else min(tried, key=len)
    if isinstance(shape, dict):
        if not isinstance(document, dict):
            return [f"{place}: {document!r} is no object"]
        missing = [f"{place}.{key}: missing" for key in shape if key not in document]
        return missing + [
            fault for key in shape if key in document for fault in faults(document[key], shape[key], f"{place}.{key}")
        ]
    if isinstance(shape, list):
        if not isinstance(document, list):
            return [f"{place}: {document!r} is no array"]
        return [fault for at, each in enumerate(document) for fault in faults(each, shape[0], f"{place}[{at}]")]
    # True is an int to Python, and none to JSON.
    return [] if type(document) is shape else [f"{place}: {document!r} is no {shape.__name__}"]


def balance_faults(document: dict[str, Any]) -> list[str]:
    """The rows whose probes do not add up."""
    return [
        f"{row}"
        for row in (*document.get("targets", ()), *document.get("hops", ()))
        if row["sent"] != row["replied"] + row["lost"] + row["in_flight"] + row["failed"]
    ]
