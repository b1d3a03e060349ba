"""Classic BPF: its instructions in readable words, an assembler, and the way into the kernel (bpf(4), socket(7)).

A program reads a packet and says whether a socket gets it. What programs there are stands in other modules.
"""

import ctypes
import socket
import struct
from collections.abc import Sequence
from dataclasses import dataclass

_SO_ATTACH_FILTER = 26


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction. `then` and `otherwise` are where to jump to: a label, or how many instructions to leave out."""

    code: int
    operand: int = 0
    then: str | int = 0
    otherwise: str | int = 0


# Where the kernel keeps what it knows of a packet (linux/filter.h): offsets that no byte of the packet has.
_BESIDE = 0xFFFFF000
ETHER_TYPE, PACKET_TYPE, INTERFACE_INDEX, HARDWARE_TYPE = _BESIDE, _BESIDE + 4, _BESIDE + 8, _BESIDE + 28
NETWORK_LAYER = 0xFFF00000  #: the first byte of the network layer, whatever the link's header is


# The instructions in the words of bpf(4): A is the accumulator, X the index register, M[0] a scratch cell.
def load_beside(what: int) -> Instruction:
    """A <- what the kernel knows beside the packet."""
    return Instruction(0x20, what)


def load_byte(at: int) -> Instruction:
    """A <- byte [at]."""
    return Instruction(0x30, at)


def load_half(at: int) -> Instruction:
    """A <- 16-bit word [at]."""
    return Instruction(0x28, at)


def load_byte_behind(at: int) -> Instruction:
    """A <- byte [X + at]."""
    return Instruction(0x50, at)


def load_half_behind(at: int) -> Instruction:
    """A <- 16-bit word [X + at]."""
    return Instruction(0x48, at)


def jump_if(value: int, then: str | int, otherwise: str | int = 0) -> Instruction:
    """Go on at `then` where A is `value`; up to 255 instructions on."""
    return Instruction(0x15, value, then, otherwise)


def jump_if_within(first: int, count: int, then: str, otherwise: str) -> list[Instruction]:
    """Go on at `then` where A is one of `count` values from `first` on."""
    return [Instruction(0x35, first, 0, otherwise), Instruction(0x25, first + count - 1, otherwise, then)]


def jump(then: str) -> Instruction:
    """Go on at `then`, however far that is."""
    return Instruction(_JUMP, 0, then)


def far_if(value: int, then: str) -> list[Instruction]:
    """Go on at `then`, however far that is, where A is `value`."""
    return [jump_if(value, 0, 1), jump(then)]


def far_if_below(value: int, then: str) -> list[Instruction]:
    """Go on at `then`, however far that is, where A is less than `value`."""
    return [Instruction(0x35, value, 1), jump(then)]


def keep_if(value: int) -> list[Instruction]:
    """Keep the packet where A is `value`."""
    return [jump_if(value, 0, 1), KEEP]


def drop_if_any(bits: int) -> list[Instruction]:
    """Drop the packet where A has any of these bits."""
    return [Instruction(0x45, bits, 0, 1), DROP]


def set_index(value: int) -> Instruction:
    """X <- `value`."""
    return Instruction(0x01, value)


def add(value: int) -> Instruction:
    """A <- A + `value`."""
    return Instruction(0x04, value)


_JUMP = 0x05
SKIP_IP_HEADER = Instruction(0xB1, 0)  #: X <- 4 * ([0] & 0xf)
STORE = Instruction(0x02)  #: M[0] <- A
RECALL = Instruction(0x60)  #: A <- M[0]
MASK_LENGTH = Instruction(0x54, 0xF)  #: A <- A & 0xf
TIMES_FOUR = Instruction(0x64, 2)  #: A <- A << 2
TIMES_EIGHT = Instruction(0x64, 3)  #: A <- A << 3
ADD_INDEX = Instruction(0x0C)  #: A <- A + X
TO_INDEX = Instruction(0x07)  #: X <- A
FROM_INDEX = Instruction(0x87)  #: A <- X
KEEP = Instruction(0x06, 0xFFFFFFFF)
DROP = Instruction(0x06, 0)

Line = Instruction | str


def assemble(lines: Sequence[Line]) -> bytes:
    """The program as the kernel wants it. A string in `lines` is the label of the next instruction."""
    labels: dict[str, int] = {}
    program: list[Instruction] = []
    for line in lines:
        if isinstance(line, str):
            labels[line] = len(program)
        else:
            program.append(line)

    def distance(to: str | int, index: int) -> int:
        return to if isinstance(to, int) else labels[to] - index - 1

    def packed(instruction: Instruction, index: int) -> bytes:
        then, otherwise = distance(instruction.then, index), distance(instruction.otherwise, index)
        if instruction.code == _JUMP:
            return struct.pack("=HBBI", _JUMP, 0, 0, then)
        return struct.pack("=HBBI", instruction.code, then, otherwise, instruction.operand)

    return b"".join(packed(instruction, index) for index, instruction in enumerate(program))


REJECT_ALL = assemble([DROP])


def attach(sock: socket.socket, program: bytes) -> None:
    """Let the kernel run `program` on all that comes to `sock` from now on."""
    buffer = ctypes.create_string_buffer(program, len(program))
    option = struct.pack("@HP", len(program) // 8, ctypes.addressof(buffer))
    sock.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, option)
