"""The way of a source's packets, as FRR's pimd tells it."""

from tests.lab.neighbours.village import Village
from tests.lab.program import hopscope


def test_mtrace_is_answered_by_frr(built: Village) -> None:
    router, source = built.host("frrpim"), built.lans.lans["stub"].address(built.host("pimd").number)

    ended = hopscope(built.watcher, "mtrace", router.address(), source, "239.1.1.1", "--json")

    assert ended.status == 0
    assert ended.document["receiver"] == router.main.address(built.watcher.number)
    # It speaks PIM on one interface alone: nothing can come in by another.
    assert [(each["outgoing"], each["code"]) for each in ended.document["routers"]] == [(router.address(), "no route")]


def test_mtrace_is_not_answered_by_a_router_that_knows_it_not(built: Village) -> None:
    ended = hopscope(built.watcher, "mtrace", built.host("ripd").address(), "10.9.9.9", "--json")

    assert (ended.status, ended.document["routers"]) == (1, [])
