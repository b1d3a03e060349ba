from tests.lab.neighbours.page import Page
from tests.lab.neighbours.village import Village


def test_no_daemon_refuses_a_line_of_its_configuration(built: Village, page: Page) -> None:
    assert built.yard.complaints() == []


def test_the_host_that_listens_is_on_every_lan_by_its_own_addresses(built: Village, page: Page) -> None:
    interfaces = {one["name"]: one for one in page.document["interfaces"]}

    for port in built.watcher.ports:
        lan, number = port.lan, built.watcher.number
        assert interfaces[lan.name]["addresses"] == [
            f"{lan.address(number)}/24",
            f"{lan.address(number, 6)}/64",
            f"{lan.link_local(number)}/64",
        ]
        assert (interfaces[lan.name]["mtu"], interfaces[lan.name]["up"]) == (1500, True)


def test_whoever_speaks_is_one_neighbour_for_its_mac_address(built: Village, page: Page) -> None:
    speakers = {(one["interface"], one["mac"]) for one in page.document["neighbours"] if one["roles"]}
    silent = {"watcher", "smcroute", "joiner", "old", "backup", "vrrpd"}

    hosts = {(host.main.name, host.mac) for host in built.lans.hosts if host.name not in silent}
    virtual = {("vrrp", "00:00:5e:00:01:05"), ("vrrp", "00:00:5e:00:02:05")}
    querier = {("igmp", built.lans.lans["igmp"].mac(99))}
    assert speakers == hosts | virtual | querier


def test_what_holds_for_a_time_ends_that_long_after_it_was_heard_last(page: Page) -> None:
    lifetimes = {
        "ospf": "dead_s",
        "ospf6": "dead_s",
        "router-advertisement": "router_lifetime_s",
        "router-discovery": "lifetime_s",
        "pim": "holdtime_s",
    }
    told = [(role, lifetimes[role["kind"]]) for _, role in page.everything() if role["kind"] in lifetimes]

    assert {role["kind"] for role, _ in told} == set(lifetimes)
    for role, lifetime in told:
        assert role["expires_at"] == role["last_heard"] + role["facts"][lifetime] * 1_000_000_000, role


def test_every_role_was_heard_first_before_it_was_heard_last(page: Page) -> None:
    assert [role for _, role in page.everything() if not role["first_heard"] <= role["last_heard"]] == []


def test_nobody_is_suspected_who_is_as_the_rfcs_want_it(built: Village, page: Page) -> None:
    suspected = {(one["mac"], role["kind"]) for one, role in page.everything() if role["suspicious"]}

    # FRR as a router of RFC 1256 sends from an address that is nobody's.
    assert suspected == {(built.host("irdp").mac, "router-discovery")}


def test_nothing_is_found_where_all_is_well(page: Page) -> None:
    odd = {(one["interface"], one["kind"]) for one in page.document["findings"]}

    assert odd == {
        ("odd", "ospf-mismatch"),
        ("twins", "duplicate-router-id"),
        ("rogue", "routers-disagree"),
        ("rdisc", "rogue-router"),
    }
