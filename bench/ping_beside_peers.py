"""The round-trip times that hopscope, ping and fping see on one veth pair, in interleaved rounds of the same minute.

    python -m bench.ping_beside_peers [ROUNDS]

The path is the same and idle, so that what a program adds by its own stamping is all that differs. Less is truer.
"""

import sys

from bench.report import machine, median, show, table
from tests.lab.peers import ping_rtts
from tests.lab.program import hopscope
from tests.lab.topology import Node, chain

COUNT = 20
COMMANDS = {
    "hopscope": f"hopscope ping -c {COUNT} -i 0.05 --jsonl",
    "ping": f"ping -n -c {COUNT} -i 0.05",
    "fping": f"fping -c {COUNT} -p 50",
}


def rtts(host: Node, name: str, address: str) -> list[float]:
    """What one run of one program says, in milliseconds."""
    program, *options = COMMANDS[name].split()
    if program != "hopscope":
        return ping_rtts(host.run(program, *options, address).stdout)
    run = hopscope(host, *options, address)
    return [event["rtt_ns"] / 1e6 for event in run.events if event["event"] == "reply"]


def main(rounds: int) -> int:
    """Measure and show; status 1 where our median is above a peer's."""
    show(machine(), f"median RTT in µs of {rounds} interleaved rounds of {COUNT} echoes")
    is_above = False
    with chain(0) as lab:
        host = lab.nodes["h"]
        for version in (4, 6):
            address = lab.nodes["t"].address(version)
            seen: dict[str, list[float]] = {name: [] for name in COMMANDS}
            for _ in range(rounds):
                for name in COMMANDS:
                    seen[name] += rtts(host, name, address)
            ours = median(seen["hopscope"])
            is_above |= any(ours > median(values) for values in seen.values())
            table(
                (f"IPv{version}", "replies", "median", "p95", "ratio", "command"),
                [
                    (
                        name,
                        str(len(values)),
                        f"{median(values) * 1e3:.1f}",
                        f"{sorted(values)[int(len(values) * 0.95)] * 1e3:.1f}",
                        f"{ours / median(values):.2f}",
                        COMMANDS[name],
                    )
                    for name, values in seen.items()
                ],
            )
    return int(is_above)


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5))
