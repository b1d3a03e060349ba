"""What every option of IPv4 starts with (RFC 791, section 3.1)."""

from app.packet.layout import Group, Header, flag, header, unsigned
from app.packet.registry import Registry

TYPE = Group("ip.opt.type", "type", "decimal")


class OptionClass(Registry):
    """RFC 791, section 3.1."""

    CONTROL = 0
    DEBUGGING_AND_MEASUREMENT = 2


@header("ip.opt", "option", "RFC 791, section 3.1")
class OneByteOption(Header):
    """End of options (0) and no operation (1)."""

    copied: int = flag("copy on fragmentation", name="ip.opt.type.copy", group=TYPE, default=0)
    option_class: int = unsigned(2, "class", name="ip.opt.type.class", registry=OptionClass, group=TYPE, default=0)
    number: int = unsigned(5, name="ip.opt.type.number", group=TYPE, default=0)


@header("ip.opt", "option", "RFC 791, section 3.1")
class Option(OneByteOption):
    """What every other option starts with; the length counts these two bytes."""

    length: int = unsigned(8, name="ip.opt.len", unit="bytes", default=2)
