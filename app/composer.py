"""What the compose screen stands on: packets of templates, the way that they would leave, the machine that sends them.

The machine hears what passes from the beginning on, so that what is sent is seen as it leaves.
"""

from collections.abc import Sequence

from app.commands.send import origin
from app.engine.feed import Feed
from app.engine.hearing import Hearing
from app.engine.host import Surroundings
from app.engine.sending.machine import SendMachine, SendSnapshot
from app.engine.sending.shot import Shot
from app.engine.sending.way import danger, shot_of
from app.net.journal import PacketSink
from app.net.link import Link
from app.net.network import Network
from app.net.runner import Runner
from app.packet.composing.packet import Composed, compose

#: How long an answer is waited for, in nanoseconds.
PATIENCE = 2_000_000_000


class LiveComposer:
    """A composer over a network. Owned by one thread, that of the screens."""

    def __init__(self, network: Network, record: PacketSink | None = None) -> None:
        self._network = network
        self._link: Link = network.listen(Hearing())
        self._around = Surroundings()
        machine = SendMachine(wait=PATIENCE)
        self._runner = Runner(machine, self._link, name="send", record=record)
        self.feed: Feed[SendSnapshot] = self._runner
        self._runner.start()

    def look(self) -> None:
        """Read anew what this host knows of its links."""
        self._around = self._network.surroundings()

    def made(self, template: str, fields: Sequence[tuple[str, str]]) -> Composed:
        """The packet of a template. Raises ComposeError."""
        return compose(template, fields, origin(self._around, self._link, None))

    def shot(self, packet: Composed) -> Shot:
        """The way that it would leave."""
        return shot_of(packet, self._around)

    def danger(self, packet: Composed) -> str:
        """Why it is not to be sent without being asked for twice, a clause; or nothing."""
        return danger(packet, self._around)

    def close(self) -> None:
        """Send no more."""
        self._runner.stop()
