"""A port of loopback that nobody uses at the moment comes out."""

from __future__ import annotations

import socket

HOST = "127.0.0.1"


def free_port() -> int:
    """Ask the system for a port; servers that cannot choose one themselves get it told."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        port: int = listener.getsockname()[1]
        return port
