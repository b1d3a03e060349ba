"""Where a client is: civic addresses (RFC 4776) and coordinates (RFC 6225), as DHCP tells them."""

from app.packet.application.pieces import Piece, counted, each, head, number, octets, text
from app.packet.layout import Header, header, unsigned
from app.packet.registry import Registry

_CIVIC = "dhcp.option.civic_location"


class LocationOf(Registry):
    """RFC 4776, section 3.1."""

    DHCP_SERVER = 0
    NEAREST_NETWORK_ELEMENT = 1
    CLIENT = 2


CIVIC_LOCATION: tuple[Piece, ...] = (
    number(f"{_CIVIC}.what", "of", 1, registry=LocationOf),
    text(f"{_CIVIC}.country", "country", 2),
    each(
        number(f"{_CIVIC}.ca_type", "element", 1),
        counted(f"{_CIVIC}.ca_length", text(f"{_CIVIC}.ca_value", "value")),
    ),
)


@header("dhcp.option.rfc3825", "coordinates", "RFC 6225, section 2.2.1")
class Coordinates(Header):
    """Latitude, longitude and altitude in fixed point, each with its resolution or uncertainty."""

    latitude_resolution: int = unsigned(6, name="latitude_res")
    latitude: int = unsigned(34, unit="/ 2^25 degrees")
    longitude_resolution: int = unsigned(6, name="longitude_res")
    longitude: int = unsigned(34, unit="/ 2^25 degrees")
    altitude_type: int = unsigned(4)
    altitude_resolution: int = unsigned(6, name="altitude_res")
    altitude: int = unsigned(30, unit="/ 256")
    version: int = unsigned(2)
    reserved: int = unsigned(3)
    datum: int = unsigned(3)


COORDINATES: tuple[Piece, ...] = (head(Coordinates), octets("dhcp.option.value", "value"))
