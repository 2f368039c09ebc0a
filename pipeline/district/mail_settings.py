"""``[mail]`` of district.toml goes in; from where mail is fetched, by whom it is sent and whom to believe comes out.

Names and passwords are never written into a file: they come from the environment (see ``docs/mail.md``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.toml_source import TomlTable

SECURITIES = ("tls", "starttls")
HIGHEST_PORT = 65535

UNVERIFIED = (
    "没有设置邮件服务器的名字，邮件的发件人没有验证真假，任何人都可以冒用名单上的邮箱；"
    "请向邮件管理员问清，填入 {where}。"
)
"""Said of settings without the server's name; ``where`` it is to be written."""


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The district's choices about mail; without hosts nothing is fetched and nothing leaves the machine."""

    imap_host: str = ""
    imap_port: int = 993
    imap_security: str = "tls"
    imap_folder: str = "INBOX"
    smtp_host: str = ""
    smtp_port: int = 465
    smtp_security: str = "tls"
    ca_file: str = ""
    """Certificates of the servers' own authority (PEM), where they are not signed by a public one; relative to the district folder."""
    authserv_id: str = ""
    """What the district's own server calls itself in Authentication-Results; empty: such results are not looked at."""
    trusted: tuple[str, ...] = ()
    """Addresses, such as the coordinator's own, that may send files of any agency."""
    send: bool = False
    """Deliver the waiting letters at the end of every run, not only on ``nianbao send``."""

    @property
    def fetches(self) -> bool:
        """Whether a run fetches mail."""
        return bool(self.imap_host)

    @property
    def sends(self) -> bool:
        """Whether letters can leave by this program; else a person sends them."""
        return bool(self.smtp_host)


NO_MAIL = MailSettings()
"""A district.toml without the table: files are put into the inbox by hand."""


def mail_settings(section: TomlTable, folder: Path) -> MailSettings:
    """Read and check the table. Raises ConfigError with file, line and remedy."""
    found = section.into(MailSettings)
    for name in ("imap_security", "smtp_security"):
        if getattr(found, name) not in SECURITIES:
            raise section.fault(f"{name} 应为“{'”或“'.join(SECURITIES)}”。", name)
    for name in ("imap_port", "smtp_port"):
        if not 0 < getattr(found, name) <= HIGHEST_PORT:
            raise section.fault(f"{name} 应为 1 到 {HIGHEST_PORT} 的端口号。", name)
    if found.send and not found.smtp_host:
        raise section.fault("send = true 需要写明发信服务器 smtp_host。", "send")
    if not found.ca_file:
        return found
    path = folder / found.ca_file
    if not path.is_file():
        raise section.fault(f"找不到证书文件 {found.ca_file}。", "ca_file")
    return replace(found, ca_file=str(path))
