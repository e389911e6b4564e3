"""Every setting, read once from the environment and a .env file. docs/settings.md explains each."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

EMERGENCY = ("pakistan", "tajikistan", "elsewhere")  # contacts without which no safety text may be said
CONTACTS_CHECKED_FOR = timedelta(days=90)
TELEGRAM = "api.telegram.org"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
WEBHOOK_LISTEN = "127.0.0.1:8081"
OUR_PAGES = ("/", "/healthz", "/readyz", "/metrics")


class NotReady(Exception):
    """The service must not start yet; the message says what is missing, one point a line."""


class Settings(BaseSettings):
    """Settings of the service; each is an environment variable HAMRAH_… in capitals."""

    model_config = SettingsConfigDict(
        env_prefix="HAMRAH_", env_file=".env", env_ignore_empty=True, extra="ignore"
    )

    token: SecretStr = Field(SecretStr(""), description="The bot's token, from @BotFather.")
    api_url: str = Field(f"https://{TELEGRAM}", description="The Bot API server.")
    data_dir: Path = Field(Path("data"), description="Folder of the database file and the master key.")
    database_url: str = Field("", description="The database; empty: a SQLite file in the data folder.")
    master_key: SecretStr = Field(
        SecretStr(""),
        description="The master key in URL-safe base64, or several, the newest first; empty: see the file.",
    )
    master_key_file: Path | None = Field(
        None, description="File of the master key; empty: master.key in the data folder."
    )
    mode: Literal["polling", "webhook"] = Field(
        "polling", description="How updates come: we ask Telegram, or Telegram calls us."
    )
    webhook_url: str = Field("", description="The public https address that Telegram calls, with its path.")
    webhook_secret: SecretStr = Field(
        SecretStr(""), description="What Telegram proves itself with: 16 to 256 of A-Z, a-z, 0-9, _ and -."
    )
    listen: str = Field("", description="Where our own HTTP server listens, such as 127.0.0.1:8081.")
    stop_seconds: float = Field(
        20, gt=0, le=3600, description="Seconds that what is under way may take to end when asked to stop."
    )
    log_format: Literal["text", "json"] | None = Field(
        None, description="How log lines look; empty: text on a terminal, JSON elsewhere."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="The least important lines that are logged."
    )
    operator_name: str = Field("", description="Who runs this service; stands on the first screen.")
    operator_kind: Literal["government", "organisation", "volunteers"] = Field(
        "organisation", description="What the operator is; the first screen's wording follows."
    )
    privacy_contact: str = Field("", description="Where people ask about their data.")
    contact_pakistan: str = Field("", description="Emergency contact for Pakistan in the safety texts.")
    contact_tajikistan: str = Field("", description="Emergency contact for Tajikistan in the safety texts.")
    contact_elsewhere: str = Field("", description="Emergency contact for all other countries.")
    contact_ircc: str = Field("", description="How people reach IRCC; empty: the texts say where it stands.")
    contact_resettlement_centre: str = Field(
        "", description="How people reach IRCC's Resettlement Operations Centre in Ottawa."
    )
    contact_unhcr: str = Field("", description="How people reach UNHCR.")
    contact_iom: str = Field("", description="How people reach IOM.")
    contact_fraud: str = Field("", description="Where people report fraud.")
    contacts_checked: date | None = Field(
        None, description="The day somebody last called and checked the contacts."
    )
    target_hours: float = Field(72, gt=0, le=2000, description="Service level of a request, in hours.")
    urgent_target_hours: float = Field(
        4, gt=0, le=200, description="Service level of an urgent request, in hours."
    )
    digest_hours: float = Field(
        3, ge=0.05, le=168, description="At most one digest to the team's group in so many hours."
    )
    retention_days: int = Field(
        365, ge=30, description="Days after which closed requests and statistics are erased."
    )

    @field_validator("api_url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        if urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname:
            raise ValueError("an http or https address is expected")
        return value.rstrip("/")

    @field_validator("webhook_url")
    @classmethod
    def _an_address_with_a_path_of_its_own(cls, value: str) -> str:
        place = urlsplit(value)
        if value and place.scheme != "https" and not (place.scheme == "http" and place.hostname in LOOPBACK):
            raise ValueError("an https address is expected")
        if value and (not place.hostname or place.path in ("", *OUR_PAGES)):
            raise ValueError("an address with a path of its own is expected")
        if not re.fullmatch(r"[\w./:\[\]~-]*", value, re.ASCII):
            raise ValueError("plain letters and digits are expected, nothing after a question mark")
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _a_secret_that_telegram_takes(cls, value: SecretStr) -> SecretStr:
        if not re.fullmatch(r"([A-Za-z0-9_-]{16,256})?", value.get_secret_value()):
            raise ValueError("16 to 256 of A-Z, a-z, 0-9, _ and - are expected")
        return value

    @field_validator("listen")
    @classmethod
    def _a_host_and_a_port(cls, value: str) -> str:
        place = urlsplit(f"//{value}")
        if value and (place.netloc != value or not place.hostname or not place.port):
            raise ValueError("a host and a port are expected, such as 127.0.0.1:8081")
        return value

    @property
    def listening(self) -> tuple[str, int] | None:
        """Host and port of our own HTTP server; None where there is none."""
        place = urlsplit(f"//{self.listen or (WEBHOOK_LISTEN if self.mode == 'webhook' else '')}")
        return (place.hostname, place.port) if place.hostname and place.port else None

    @property
    def webhook_path(self) -> str:
        """Where the webhook stands on our own HTTP server."""
        return urlsplit(self.webhook_url).path

    @property
    def on_loopback(self) -> bool:
        """Whether the Bot API is a local one: no real person can be reached through it."""
        return urlsplit(self.api_url).hostname in LOOPBACK

    @property
    def database(self) -> str:
        """The database's address."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir.resolve() / 'hamrah.sqlite'}"

    @property
    def key_file(self) -> Path:
        """Where the master key lies unless the environment holds it."""
        return self.master_key_file or self.data_dir / "master.key"

    @property
    def contacts(self) -> dict[str, str]:
        """The contacts as the texts name them; those that are not for emergencies may be empty."""
        places = (*EMERGENCY, "ircc", "resettlement_centre", "unhcr", "iom", "fraud")
        return {place: getattr(self, f"contact_{place}") for place in places}

    @property
    def operator(self) -> dict[str, str]:
        """Who runs the service, as the templates name it."""
        return {"name": self.operator_name, "kind": self.operator_kind, "privacy": self.privacy_contact}


def _meaning(name: str) -> str:
    return Settings.model_fields[name].description or ""


def check_ready(settings: Settings, today: date) -> None:
    """Refuse to face real people before the operator is named and the emergency contacts are fresh.

    Raises NotReady. A Bot API on loopback is exempt from all but the token.
    """
    missing = []
    if not settings.token.get_secret_value():
        missing.append("HAMRAH_TOKEN is empty: it is the bot's token, from @BotFather.")
    if settings.mode == "webhook":
        if not settings.webhook_url:
            missing.append(f"HAMRAH_WEBHOOK_URL is empty: {_meaning('webhook_url')}")
        if not settings.webhook_secret.get_secret_value():
            missing.append(f"HAMRAH_WEBHOOK_SECRET is empty: {_meaning('webhook_secret')}")
    if not settings.on_loopback:
        for name in (
            "operator_name",
            "privacy_contact",
            *(f"contact_{place}" for place in EMERGENCY),
        ):
            if not getattr(settings, name).strip():
                missing.append(f"HAMRAH_{name.upper()} is empty: {_meaning(name)}")
        checked = settings.contacts_checked
        if checked is None or not today - CONTACTS_CHECKED_FOR <= checked <= today:
            missing.append(
                "HAMRAH_CONTACTS_CHECKED must be a day of the last 90 on which somebody called the emergency "
                "contacts and found them right, such as 2026-11-01."
            )
    if missing:
        raise NotReady("\n".join(missing))
