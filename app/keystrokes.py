"""Keys one at a time, however fast they come: a paste, a slow line, a macro.

Textual hands every key at once to whatever has the focus, and does what it is bound to when the key has come back
from there: of "/icmp" typed in one burst, "icmp" went to the list before "/" had opened the filter line. Here a key
waits until the one before it has done its work.
"""

import time
from collections import deque

from textual import events
from textual.app import App
from textual.message import Message

#: Seconds after which a key is no longer waited for: whoever had it may be gone.
PATIENCE = 0.5


class KeyDone(Message):
    """Follows a key on its way up; where it arrives, the key has been seen by all."""


class Keystrokes(App[None]):
    """An app that takes its keys one by one."""

    def __init__(self) -> None:
        super().__init__()
        self._keys: deque[events.Key] = deque()
        self._since: float | None = None  #: when the key came that is being dealt with

    async def on_event(self, event: events.Event) -> None:
        """Let a key that comes from the keyboard wait its turn."""
        if not isinstance(event, events.Key) or event.is_forwarded:
            await super().on_event(event)
        elif self._since is not None and time.monotonic() - self._since < PATIENCE:
            self._keys.append(event)
        else:
            await self._deal_with(event)

    async def _deal_with(self, key: events.Key) -> None:
        self._since = time.monotonic()
        target = self.focused or self.screen
        await super().on_event(key)
        if not (key.is_forwarded and target.post_message(KeyDone())):
            await self._go_on()

    def on_key_done(self, message: KeyDone) -> None:
        """What the key was bound to has been begun; a screen or a focus that it changes settles first."""
        message.stop()
        if self._keys:
            self.screen.call_after_refresh(self.call_later, self._go_on)
        else:
            self._since = None

    async def _go_on(self) -> None:
        self._since = None
        if self._keys:
            await self._deal_with(self._keys.popleft())
