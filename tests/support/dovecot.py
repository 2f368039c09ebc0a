"""A folder goes in; a Dovecot of its own, on loopback with TLS and any number of users, comes out.

It runs as whoever runs the tests; root gives the mailboxes to nobody, because Dovecot opens none as root.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from imap_tools import MailBox

from pipeline.mail.network import Credentials, tls
from tests.support.ports import HOST, free_port

DOVECOT = shutil.which("dovecot") or shutil.which("/usr/sbin/dovecot")
PASSWORD = "geheim"  # noqa: S105 - of a server that lives for one test
EXPIRED_HOST = "localhost"
"""The same server by this name shows a certificate that has run out."""
_START = 20
"""Seconds; a start takes a fraction of one."""
_CONFIG = """\
protocols = imap
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
first_valid_uid = 1
auth_failure_delay = 0
mail_location = maildir:{folder}/mail/%u
ssl = yes
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
local_name {expired_host} {{
  ssl_cert = <{folder}/expired.pem
  ssl_key = <{folder}/expired.key
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain_port}
  }}
  inet_listener imaps {{
    port = {port}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
listen = {host}
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: where it listens, whose certificate it shows."""

    folder: Path
    port: int
    plain_port: int

    @property
    def ca_file(self) -> str:
        return str(self.folder / "ca.pem")

    @contextmanager
    def mailbox(self, user: str) -> Iterator[MailBox]:
        """Log in as ``user``, with every right a mail program has."""
        with MailBox(HOST, self.port, ssl_context=tls(self.ca_file)) as box:
            box.login(user, PASSWORD)
            yield box

    def deliver(self, user: str, *mails: bytes, folder: str = "INBOX") -> None:
        """Put mails into a folder, which is made if need be."""
        with self.mailbox(user) as box:
            if not box.folder.exists(folder):
                box.folder.create(folder)
            for content in mails:
                box.append(content, folder)

    def who(self, user: str) -> Credentials:
        return Credentials(user, PASSWORD)


@contextmanager
def dovecot() -> Iterator[Server]:
    """Run a server; skips the test where Dovecot is missing."""
    if DOVECOT is None:
        pytest.skip("Dovecot is not installed")
    with tempfile.TemporaryDirectory(prefix="dovecot", ignore_cleanup_errors=True) as name:
        server = Server(Path(name), free_port(), free_port())
        _write_certificates(server.folder)
        _write_config(server)
        process = subprocess.Popen([DOVECOT, "-F", "-c", str(server.folder / "dovecot.conf")])
        try:
            _wait_for(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(_START)


def _write_certificates(folder: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    past = datetime.now(UTC) - timedelta(days=1)
    for name, certificate in (
        ("server", authority.issue_cert(HOST)),
        ("expired", authority.issue_cert(EXPIRED_HOST, not_after=past)),
    ):
        certificate.private_key_pem.write_to_path(str(folder / f"{name}.key"))
        for blob in certificate.cert_chain_pems:
            blob.write_to_path(str(folder / f"{name}.pem"), append=True)


def _write_config(server: Server) -> None:
    import grp  # noqa: PLC0415 - there is no such module on Windows, where there is no Dovecot either
    import pwd  # noqa: PLC0415

    folder = server.folder
    owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    (folder / "mail").mkdir()
    folder.chmod(0o755)
    if os.geteuid() == 0:
        os.chown(folder / "mail", owner.pw_uid, owner.pw_gid)
    (folder / "dovecot.conf").write_text(
        _CONFIG.format(
            folder=folder,
            user=owner.pw_name,
            group=grp.getgrgid(owner.pw_gid).gr_name,
            uid=owner.pw_uid,
            gid=owner.pw_gid,
            host=HOST,
            expired_host=EXPIRED_HOST,
            password=PASSWORD,
            port=server.port,
            plain_port=server.plain_port,
        ),
        "utf-8",
    )


def _wait_for(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection((HOST, server.port), 1):
            return
        time.sleep(0.02)
    log = server.folder / "dovecot.log"
    pytest.fail(f"Dovecot did not start: {log.read_text('utf-8') if log.exists() else 'no log'}")


@contextmanager
def cut_after(port: int, size: int) -> Iterator[int]:
    """Listen on a port of its own and pass everything on, but hang up once ``size`` bytes came from the server."""
    with socket.create_server((HOST, 0)) as listener:
        threading.Thread(target=_serve, args=(listener, port, size), daemon=True).start()
        yield listener.getsockname()[1]


def _serve(listener: socket.socket, port: int, size: int) -> None:
    with contextlib.suppress(OSError):
        while True:
            client, _ = listener.accept()
            server = socket.create_connection((HOST, port))
            threading.Thread(target=_pump, args=(client, server, None), daemon=True).start()
            threading.Thread(target=_pump, args=(server, client, size), daemon=True).start()


def _pump(source: socket.socket, target: socket.socket, left: int | None) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(4096):
            if left is not None:
                data, left = data[:left], left - len(data)
            target.sendall(data)
            if left is not None and left <= 0:
                break
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
