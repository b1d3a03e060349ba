"""What happens to probes, as the lines of `--jsonl`. Pure."""

from app.engine.command import Target
from app.packet.text import safe
from app.report.document import Document
from app.report.narrator import Happening, Story

_ANSWERED = (Happening.REPLY, Happening.LATE, Happening.DUPLICATE, Happening.ERROR)
_TEXTS = (Happening.FAILED, Happening.ERROR)


def event(story: Story, target: Target) -> Document:
    """One line about a probe to `target`."""
    document: Document = {
        "event": story.happening.value,
        "at": story.at,
        "host": target.host,
        "address": str(target.address),
        "sequence": story.probe.sequence,
        "ttl": story.probe.ttl,
    }
    if story.happening in _ANSWERED:
        document |= {
            "from": str(story.source),
            "rtt_ns": story.rtt,
            "reply_ttl": story.reply_ttl,
            "length": story.length,
            "clock": {
                "sent": story.probe.clock.value,
                "received": story.received_clock.value if story.received_clock else None,
            },
        }
    if story.happening in _TEXTS:
        document["text"] = safe(story.text)
    return document
