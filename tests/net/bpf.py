"""An interpreter of classic BPF, written from bpf(4) and linux/filter.h, for what the kernel will not let a test say:
the direction, the link and the interface of a packet.
"""

import struct
from dataclasses import dataclass

_BESIDE, _NETWORK = 0xFFFFF000, 0xFFF00000


@dataclass(frozen=True)
class Seen:
    """A packet and what the kernel knows beside it."""

    data: bytes
    ether_type: int = 0x0800
    kind: int = 0  #: PACKET_HOST
    interface: int = 2
    hardware: int = 1  #: ARPHRD_ETHER
    network: int = 14

    def load(self, at: int, size: int) -> int | None:
        """The unsigned number at an offset; None where there is none."""
        if at >= _BESIDE:
            return {0: self.ether_type, 4: self.kind, 8: self.interface, 28: self.hardware}[at - _BESIDE]
        if at >= _NETWORK:
            at += self.network - _NETWORK
        piece = self.data[at : at + size]
        return int.from_bytes(piece, "big") if len(piece) == size else None


def keeps(program: bytes, seen: Seen) -> bool:
    """Whether the program keeps the packet."""
    instructions: list[tuple[int, int, int, int]] = list(struct.iter_unpack("=HBBI", program))
    assert len(instructions) <= 4096, "the kernel takes no longer program"
    at, a, x = 0, 0, 0
    cells = [0] * 16
    while True:
        code, then, otherwise, k = instructions[at]
        at += 1
        match code:
            case 0x06:
                return k != 0
            case 0x20 | 0x28 | 0x30 | 0x40 | 0x48 | 0x50:
                size = {0x00: 4, 0x08: 2, 0x10: 1}[code & 0x18]
                loaded = seen.load((k + x) & 0xFFFFFFFF if code & 0x40 else k, size)
                if loaded is None:
                    return False
                a = loaded
            case 0xB1:
                loaded = seen.load(k, 1)
                if loaded is None:
                    return False
                x = 4 * (loaded & 15)
            case 0x01:
                x = k
            case 0x02:
                cells[k] = a
            case 0x60:
                a = cells[k]
            case 0x04:
                a = (a + k) & 0xFFFFFFFF
            case 0x0C:
                a = (a + x) & 0xFFFFFFFF
            case 0x54:
                a &= k
            case 0x64:
                a = (a << k) & 0xFFFFFFFF
            case 0x07:
                x = a
            case 0x87:
                a = x
            case 0x05:
                at += k
            case 0x15:
                at += then if a == k else otherwise
            case 0x25:
                at += then if a > k else otherwise
            case 0x35:
                at += then if a >= k else otherwise
            case 0x45:
                at += then if a & k else otherwise
            case _:
                raise AssertionError(f"no such instruction: {code:#x}")
