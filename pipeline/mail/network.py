"""What every connection to a mail server shares: whom to trust, who one is, and what a failure is called in Chinese."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.model import ConfigError

if TYPE_CHECKING:
    import ssl


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user and a password; the latter is never shown."""

    user: str
    password: str = field(repr=False)


def credentials(kind: str) -> Credentials:
    """Return the user and password for ``kind`` (IMAP or SMTP) from the environment. Raises ConfigError."""
    names = [f"NIANBAO_{kind}_USER", f"NIANBAO_{kind}_PASSWORD"]
    values = [os.environ.get(name, "") for name in names]
    missing = [name for name, value in zip(names, values, strict=True) if not value]
    if missing:
        raise ConfigError(f"连接邮件服务器需要用户名和密码，请先设置环境变量 {'、'.join(missing)}。")
    if not all(value.isascii() for value in values):
        raise ConfigError(f"环境变量 {'、'.join(names)} 中有中文或全角字符，邮件服务器不认，请改正。")
    return Credentials(*values)


def tls(ca_file: str = "") -> ssl.SSLContext:
    """Trust the system's authorities, and those in ``ca_file``. Raises ConfigError where that is no certificate."""
    import ssl  # noqa: PLC0415 - a run without a server does without

    from pipeline.mail.patience import TlsConnection  # noqa: PLC0415

    context = ssl.create_default_context()
    context.sslsocket_class = TlsConnection
    if ca_file:
        try:
            context.load_verify_locations(ca_file)
        except (ssl.SSLError, OSError) as error:
            raise ConfigError(
                "这不是 PEM 格式的证书。请向邮件服务器的管理员索取根证书。", file=ca_file
            ) from error
    return context


def said_of(error: Exception) -> str:
    """Say in Chinese why a connection failed."""
    import ssl  # noqa: PLC0415

    match error:
        case ssl.SSLCertVerificationError():
            return f"服务器的证书不可信（{error.verify_message}），为保护密码没有登录；请联系邮件服务器的管理员；单位自己签发的根证书，在设置的“证书文件”（ca_file）中写明"
        case ssl.SSLError():
            return "加密连接没有建立起来，请检查端口和加密方式（tls 或 starttls）"
        case TimeoutError():
            return "服务器长时间没有回应"
        case socket.gaierror():
            return "找不到这台服务器，请检查地址和网络"
        case ConnectionRefusedError():
            return "服务器拒绝连接，请检查地址和端口"
        case _:
            return "连接中断"
