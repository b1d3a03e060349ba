"""Names of devices and namespaces that cannot be, told before the kernel is asked."""

import pytest

from app.net.link import LinkError
from app.net.tun.device import Tun
from app.net.tun.namespace import Namespace


@pytest.mark.parametrize("name", ["", "two words", "a/b", "a:b", ".", "..", "tun%d", "sixteen-letters-"])
def test_what_is_no_name_for_a_device_is_refused(name: str) -> None:
    with pytest.raises(LinkError, match="no name for a device"):
        Tun(name)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\nb", "x" * 256, "ü" * 128])
def test_what_is_no_name_for_a_namespace_is_refused(name: str) -> None:
    with pytest.raises(LinkError, match="no name for a network namespace"):
        Namespace(name)
