"""argv becomes a Request, or one sentence."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import manual
from app.arguments import _OPTIONS, Action, Form, Request, read_arguments
from app.argumenttypes import UsageError, dscp
from app.attaching import Attachment
from app.config import Config, ConfigError
from app.engine.command import Method
from app.targets import Choice


def request(line: str) -> Request:
    return read_arguments(line.split())


def test_a_first_word_that_is_a_command_is_one() -> None:
    assert request("ping a.example").action is Action.PING
    assert request("trace a.example").action is Action.TRACE
    assert request("decode a.pcap").action is Action.DECODE
    assert request("a.example").action is Action.SCREENS


def test_a_simulation_for_every_program_takes_a_scenario_and_a_place() -> None:
    asked = request("simulate office.toml --tun lab0 --netns lab --log - -t 2 --seed 5")

    assert (asked.action, asked.seed) == (Action.SIMULATE, 5)
    assert asked.attachment == Attachment("office.toml", "lab0", "lab", "-", 2_000_000_000)
    assert request("simulate").attachment == Attachment(None, "sim0", None, None, None)
    with pytest.raises(UsageError, match="takes one scenario"):
        request("simulate a.toml b.toml")


def test_options_may_stand_before_the_command() -> None:
    assert request("--simulate -4 ping -c 2 a.example") == request("ping --simulate -4 -c 2 a.example")


def test_behind_two_dashes_every_word_is_a_host() -> None:
    asked = request("-- ping trace")
    assert asked.action is Action.SCREENS
    assert asked.hosts == ("ping", "trace")


def test_a_value_that_is_called_like_a_command_is_no_command() -> None:
    asked = request("-I ping a.example")
    assert asked.action is Action.SCREENS
    assert asked.via == "ping"


def test_simulate_takes_a_scenario_and_never_a_host() -> None:
    assert request("ping --simulate lossy.example").hosts == ("lossy.example",)
    assert request("ping --simulate lossy.example").simulate == ""
    assert request("--simulate net.toml a").simulate == "net.toml"
    assert request("--simulate=net a").simulate == "net"
    assert request("a").simulate is None


def test_every_choice_reaches_the_request() -> None:
    asked = request(
        "ping a b -c 3 -i 0.05 -W 2 -s 100 -t 9 -6 -I eth0 --receive-buffer 8192 -Q AF41 --jsonl --save x -n"
    )
    assert asked == Request(
        Action.PING,
        hosts=("a", "b"),
        config=Config(interval=50_000_000, timeout=2_000_000_000, size=100, ttl=9, dscp=34, names=False),
        form=Form.LINES,
        count=3,
        choice=Choice(version=6),
        via="eth0",
        receive_buffer=8_192,
        save="x",
    )


def test_a_simulation_has_its_seed() -> None:
    asked = request("--simulate --seed 7")
    assert (asked.simulate, asked.seed, asked.hosts) == ("", 7, ())


def test_every_choice_of_a_trace_reaches_the_request() -> None:
    config = request("trace a -f 2 -m 12 --method tcp --port 443 -c 4 --json").config
    assert config == Config(first_ttl=2, max_hops=12, method=Method.TCP, port=443)


def test_the_command_line_goes_before_the_file() -> None:
    asked = read_arguments(["ping", "-i", "0.5", "a"], lambda: Config(interval=7, timeout=9))
    assert (asked.config.interval, asked.config.timeout) == (500_000_000, 9)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("ping -c 1", "needs a host"),
        ("ping -c 0 a", "-c/--count: 0 is not between 1"),
        ("ping -c x a", "no whole number"),
        ("ping -i 0.001 a", "0.002 s is the least"),
        ("ping -i -1 a", "expected one argument"),
        ("ping -W nan a", "no number of seconds"),
        ("ping -W 1e30 a", "86400 s is the most"),
        ("ping -W 0 a", "0 s is too short: 0.000001 s is the least"),
        ("ping --save - a", "--save needs the name of a file"),
        ("ping -s 65508 a", "not between 0 and 65507"),
        ("ping -t 256 a", "not between 1 and 255"),
        ("ping -Q 64 a", "not between 0 and 63"),
        ("ping -Q AF44 a", "no whole number"),
        ("ping --seed 1 a", "add --simulate"),
        ("ping -4 --both a", "contradict"),
        ("ping --frobnicate a", "--frobnicate"),
        ("ping --simulate -I eth0 a", "-I is for the real network"),
        ("ping --simulate --receive-buffer 8192 a", "--receive-buffer is for the real network"),
        ("ping --receive-buffer 64 a", "not between 4096 and"),
        ("trace", "needs a host"),
        ("trace a --method sctp", "icmp, udp and tcp"),
        ("trace a -f 9 -m 3", "no hop to ask"),
        ("trace a --flows 65", "not between 1 and 64"),
        ("decode --json", "one FILE"),
        ("decode a b", "one FILE"),
        ("listen -I ,", "-I/--interface: ',' has no name"),
        ("listen --protocol=", "--protocol: '' has no name"),
        ("neighbours -I ,,", "-I/--interface: ',,' has no name"),
        ("send ip/icmp -I ,", "-I/--interface: ',' has no name"),
    ],
)
def test_a_wrong_argument_gets_one_sentence(line: str, says: str) -> None:
    with pytest.raises(UsageError, match=re.escape(says)) as caught:
        request(line)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("listen a", "listen takes no host: -I chooses interfaces, --filter packets"),
        ("neighbours a", "neighbours takes no host: -I chooses interfaces"),
        ("errors a", "errors takes no host"),
    ],
)
def test_who_takes_no_host_names_only_options_of_its_own(line: str, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        request(line)
    assert str(caught.value) == sentence


def test_what_is_wrong_is_told_without_control_characters() -> None:
    with pytest.raises(UsageError) as caught:
        read_arguments(["ping", "--\x1b[2J", "a"])
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(("name", "point"), [("CS0", 0), ("cs6", 48), ("AF11", 10), ("af43", 38), ("EF", 46), ("9", 9)])
def test_a_code_point_has_a_name_or_a_number(name: str, point: int) -> None:
    assert dscp(name) == point


@given(st.lists(st.text(max_size=12) | st.sampled_from(["ping", "trace", "--", "-i", "--simulate", "-F"]), max_size=6))
@settings(max_examples=100, deadline=None)
def test_arguments_are_read_or_refused_and_nothing_else(words: list[str]) -> None:
    said = ""
    try:
        read_arguments(words)
    except (UsageError, ConfigError) as error:
        said = str(error)
    assert said.isprintable()


@pytest.mark.parametrize(
    ("action", "page"),
    [
        (Action.SCREENS, manual.OVERVIEW),
        (Action.PING, manual.PING),
        (Action.TRACE, manual.TRACE),
        (Action.DECODE, manual.DECODE),
        (Action.INSPECT, manual.INSPECT),
        (Action.LISTEN, manual.LISTEN),
        (Action.NEIGHBOURS, manual.NEIGHBOURS),
        (Action.MRINFO, manual.MRINFO_PAGE),
        (Action.MTRACE, manual.MTRACE),
        (Action.SEND, manual.SEND),
        (Action.ERRORS, manual.ERRORS),
    ],
    ids=lambda value: value.name if isinstance(value, Action) else "",
)
def test_help_tells_of_every_option(action: Action, page: str) -> None:
    told = set(re.findall(r"(?<!\S)--?[A-Za-z0-9-]+", page.replace(",", " ")))
    known = {name for names in _OPTIONS[action] for name in names.split()}
    assert known <= told | {"--count", "--deadline"}


def test_what_stands_behind_a_command_is_the_commands_own() -> None:
    request = read_arguments(["--simulate", "neighbours", "-t", "460"])
    assert request.action is Action.NEIGHBOURS
    assert request.wire.seconds == 460_000_000_000


def test_help_fits_eighty_to_a_hundred_and_twenty_columns() -> None:
    pages = [
        page for argv in ([], *([command] for command in manual.COMMANDS)) if (page := manual.asked_page([*argv, "-h"]))
    ]
    assert max(map(len, "".join(pages).splitlines())) <= 120
