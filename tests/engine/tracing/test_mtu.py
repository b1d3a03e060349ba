"""The search for the path MTU, over paths with narrow links that speak, refuse or swallow."""

from collections.abc import Callable, Sequence
from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.command import Finish, Method, Reset, SetMethod
from app.engine.datagram import Failure, Outgoing
from app.engine.snapshot import TraceSnapshot
from app.engine.tracing.mtu import LEAST, MtuSearch, Obstacle
from app.engine.tracing.trace import TraceMachine
from app.engine.tracing.traceconfig import TraceConfig
from app.packet.checksum import internet_checksum
from app.packet.ip.v4 import Ipv4
from tests.engine.model import (
    MS,
    SECRET,
    START,
    Chain,
    Happening,
    World,
    arrives,
    departs,
    error_about,
    parse,
    reply_to,
    source,
    target,
)

HOST, HOST6 = "10.9.9.9", "2001:db8:9::9"
ROUTERS = [f"10.0.{ttl}.1" for ttl in range(1, 6)]
ROUTERS6 = [f"2001:db8:{ttl}::1" for ttl in range(1, 6)]
Respond = Callable[[Outgoing, int], Sequence[Happening]]


def machine(host: str = HOST, **choices: object) -> TraceMachine:
    config = TraceConfig(mtu=True, rounds=1, **choices)  # type: ignore[arg-type]  # a test names only what it means
    return TraceMachine(target(host), config, source=source, identifier=0xBEEF, port=40_000, secret=SECRET)


def too_big(data: bytes, router: str, mtu: int) -> bytes:
    """What a router says that hands on at most `mtu` bytes; 0 names none."""
    kind, code = (3, 4) if data[0] >> 4 == 4 else (2, 0)
    return error_about(data, router, kind, code, rest=mtu)


def narrow(mtu: int, router: str = ROUTERS[2], *, says: int | None = None, host: str = HOST) -> Respond:
    """A path on which `router` hands on at most `mtu` bytes and says `says`; None: nothing at all."""
    chain = Chain(ROUTERS if host == HOST else ROUTERS6)

    def respond(out: Outgoing, now: int) -> Sequence[Happening]:
        if len(out.data) <= mtu:
            return chain(out, now)
        return [departs(out.token)] + ([] if says is None else [arrives(30 * MS, too_big(out.data, router, says))])

    return respond


def questions(world: World) -> list[int]:
    """The lengths that were asked."""
    return [len(out.data) for _, out in world.sent if out.row == "mtu"]


def kinds(snapshot: TraceSnapshot) -> list[str]:
    return [found.kind for found in snapshot.findings]


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize(("host", "router"), [(HOST, ROUTERS[2]), (HOST6, ROUTERS6[2])])
def test_a_named_mtu_is_followed_confirmed_and_shown_at_its_hop(method: Method, host: str, router: str) -> None:
    world = World(machine(host, method=method), narrow(1_400, router, says=1_400, host=host))

    snapshot = world.run()

    assert (snapshot.path_mtu, questions(world)) == (1_400, [1_500, 1_400])
    assert [[said.mtu for said in row.responders] for row in snapshot.hops] == [[None], [None], [1_400]] + [[None]] * 3
    assert [found.ttl for found in snapshot.findings if found.kind == "mtu"] == [3]
    assert snapshot.mtu_story == f"path MTU 1400, named by {router} at hop 3"
    assert snapshot.is_finished


def test_questions_count_for_no_hop_and_change_no_end() -> None:
    snapshot = World(machine(), narrow(1_400, says=1_400)).run()

    assert [(row.ledger.sent, row.ledger.replied) for row in snapshot.hops] == [(1, 1)] * 6
    assert (snapshot.strangers, snapshot.forged) == (0, 0)
    assert len(snapshot.paths) == 1


def test_no_router_may_fragment_a_question() -> None:
    world = World(machine(), narrow(1_400, says=1_400))

    world.run()

    asked = [out for _, out in world.sent if out.row == "mtu"]
    assert [(Ipv4.decode(out.data).dont_fragment, out.is_whole) for out in asked] == [(1, True)] * 2
    assert all(internet_checksum(out.data[:20]) == 0 for out in asked)
    assert not any(Ipv4.decode(out.data).dont_fragment for _, out in world.sent if out.row != "mtu")


def test_steps_are_followed_one_after_another() -> None:
    def respond(out: Outgoing, now: int) -> Sequence[Happening]:
        outer = narrow(1_450, ROUTERS[1], says=1_450)
        return narrow(1_380, ROUTERS[3], says=1_380)(out, now) if len(out.data) <= 1_450 else outer(out, now)

    world = World(machine(), respond)
    snapshot = world.run()

    assert (snapshot.path_mtu, questions(world)) == (1_380, [1_500, 1_450, 1_380])
    assert [found.ttl for found in snapshot.findings if found.kind == "mtu"] == [2, 4]
    assert snapshot.mtu_story.endswith(f"named by {ROUTERS[3]} at hop 4")


def test_a_wide_path_is_asked_once() -> None:
    world = World(machine(), Chain(ROUTERS))

    snapshot = world.run()

    assert (snapshot.path_mtu, questions(world), kinds(snapshot)) == (1_500, [1_500], [])
    assert snapshot.mtu_story == "path MTU 1500, the most that was tried"


@pytest.mark.parametrize(("host", "mtu"), [(HOST, 1_300), (HOST, 576), (HOST, 68), (HOST6, 1_300), (HOST6, 1_280)])
def test_a_black_hole_is_found_by_halving_and_told(host: str, mtu: int) -> None:
    world = World(machine(host), narrow(mtu, host=host))

    snapshot = world.run()

    assert snapshot.path_mtu == mtu
    [hole] = [found for found in snapshot.findings if found.kind == "mtu-black-hole"]
    assert hole.text == f"datagrams of {mtu + 1} bytes vanish, and nobody says so; {mtu} pass"
    assert max(questions(world).count(length) for length in questions(world)) == 3


@pytest.mark.parametrize("said", [0, 1_500, 9_000, 40])
def test_a_value_that_cannot_be_is_not_believed(said: int) -> None:
    world = World(machine(), narrow(1_400, says=said))

    snapshot = world.run()

    assert (snapshot.path_mtu, kinds(snapshot).count("mtu-black-hole")) == (1_400, 0)
    assert questions(world).count(1_401) == 1
    assert snapshot.mtu_story == "path MTU 1400: a router refuses longer datagrams"


def test_a_lost_answer_is_asked_for_again() -> None:
    chain = Chain(ROUTERS)
    seen: list[int] = []

    def respond(out: Outgoing, now: int) -> Sequence[Happening]:
        if out.row == "mtu":
            seen.append(len(out.data))
            if len(seen) < 3:
                return [departs(out.token)]
        return chain(out, now)

    snapshot = World(machine(), respond).run()

    assert (snapshot.path_mtu, seen) == (1_500, [1_500] * 3)


def test_the_own_interface_may_be_the_narrow_one() -> None:
    chain = Chain(ROUTERS)

    def respond(out: Outgoing, now: int) -> Sequence[Happening]:
        if len(out.data) > 1_420:
            return [(0, lambda at: Failure(out.token, at, "EMSGSIZE", "too long"))]
        return chain(out, now)

    snapshot = World(machine(), respond).run()

    assert (snapshot.path_mtu, kinds(snapshot)) == (1_420, [])
    assert snapshot.mtu_story == "path MTU 1420, that of the own interface"


def test_a_target_that_stays_silent_is_not_asked() -> None:
    world = World(machine(), Chain(ROUTERS, is_target_silent=True))

    snapshot = world.run()

    assert (snapshot.path_mtu, snapshot.mtu_story, questions(world)) == (None, "", [])
    assert snapshot.is_finished


def test_a_target_that_answers_hops_only_leaves_the_mtu_unknown() -> None:
    world = World(machine(), narrow(61))

    snapshot = world.run()

    assert (snapshot.path_mtu, snapshot.is_finished) == (None, True)
    assert snapshot.mtu_story.startswith("path MTU unknown")


def test_a_forged_refusal_is_not_believed() -> None:
    chain = Chain(ROUTERS)

    def respond(out: Outgoing, now: int) -> Sequence[Happening]:
        if out.row != "mtu":
            return chain(out, now)
        tampered = out.data[:40] + bytes(len(out.data) - 40)
        return [arrives(MS, too_big(tampered, "10.0.6.66", 576)), *chain(out, now)]

    snapshot = World(machine(), respond).run()

    assert (snapshot.path_mtu, snapshot.forged) == (1_500, 1)


def test_a_silent_router_is_known_by_the_mtu_that_it_names() -> None:
    chain = Chain([ROUTERS[0], "", ROUTERS[2]])

    def respond(out: Outgoing, now: int) -> Sequence[Happening]:
        if len(out.data) <= 1_400:
            return chain(out, now)
        come = out.data[:8] + bytes((parse(out.data).ttl - 1,)) + out.data[9:]
        return [departs(out.token), arrives(20 * MS, too_big(come, "10.0.2.1", 1_400))]

    snapshot = World(machine(), respond).run()

    [router] = snapshot.hops[1].responders
    assert (str(router.address), router.mtu, router.replied) == ("10.0.2.1", 1_400, 0)
    assert snapshot.mtu_story.endswith("at hop 2")


def test_answers_to_a_search_before_a_restart_count_no_more() -> None:
    engine = machine()
    world = World(engine, narrow(1_400, says=1_400))
    world.run(START + 100 * MS)
    [first] = [out for _, out in world.sent if out.row == "mtu"][:1]

    engine.obey(Reset(), world.now)
    engine.receive(arrives(0, reply_to(first.data))[1](world.now))
    snapshot = world.run()

    assert snapshot.path_mtu == 1_400


def test_another_method_searches_anew() -> None:
    engine = machine()
    world = World(engine, narrow(1_400, says=1_400))
    world.run()

    engine.obey(SetMethod(Method.UDP), world.now)
    snapshot = world.run()

    assert (snapshot.path_mtu, questions(world)) == (1_400, [1_500, 1_400] * 2)


def test_finish_ends_a_search() -> None:
    engine = machine()
    world = World(engine, narrow(1_300))
    world.run(START + 400 * MS)

    engine.obey(Finish(), world.now)
    snapshot = world.run(world.now + 2_000 * MS)

    assert (snapshot.is_finished, snapshot.path_mtu) == (True, None)


@given(version=st.sampled_from([4, 6]), data=st.data())
@settings(max_examples=200, deadline=None)
def test_every_search_ends_at_the_truth(version: int, data: st.DataObject) -> None:
    mtu = data.draw(st.integers(LEAST[version], 1_500))
    search, now = MtuSearch(version), 0
    router = ip_address("10.0.0.1")
    search.begin(now, MS)
    while search.is_running:
        now = max(now, search.due_at)
        search.expire(now)
        if (length := search.due(now)) is None:
            continue
        number = search.launch(now)
        if length <= mtu:
            search.arrive(number, now)
            continue
        what = data.draw(st.sampled_from(["named", "refused", "own", "silent"]))
        if what == "own":
            search.fail(number, "EMSGSIZE", now)
        elif what != "silent":
            search.refuse(number, mtu if what == "named" else None, router, now)

    assert search.path_mtu == mtu
    assert (search.obstacle is Obstacle.UNTRIED) == (mtu == 1_500)
