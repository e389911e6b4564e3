"""What is this machine's own: the server listens there only, and delivers there only."""

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Say whether a host name or address is this machine's own."""
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
