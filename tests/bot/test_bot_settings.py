"""Settings: typed, read once, checked before anybody real can be reached."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from bot import demo
from bot.settings import NotReady, Settings, check_ready

TODAY = date(2026, 11, 21)
LIVE = {
    "token": "1000:secret-token",
    "operator_name": "Example Network",
    "privacy_contact": "privacy@example.org",
    "contact_pakistan": "+00 1",
    "contact_tajikistan": "+00 2",
    "contact_elsewhere": "+00 3",
    "contacts_checked": "2026-11-01",
}


def settings(**fields: str) -> Settings:
    return Settings(_env_file=None, **fields)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A working folder without a .env of the developer's."""
    monkeypatch.chdir(tmp_path)


def test_an_operator_who_has_said_everything_may_go_live() -> None:
    check_ready(settings(**LIVE), TODAY)


NAMED = [name for name in LIVE if name not in ("token", "contacts_checked")]


@pytest.mark.parametrize(
    ("name", "value"), [("token", ""), *((name, value) for name in NAMED for value in ("", "   "))]
)
def test_on_telegram_nothing_may_be_missing(name: str, value: str) -> None:
    with pytest.raises(NotReady, match=f"^HAMRAH_{name.upper()} is empty"):
        check_ready(settings(**{**LIVE, name: value}), TODAY)


def test_everything_that_is_missing_is_named_at_once_one_a_line() -> None:
    with pytest.raises(NotReady) as caught:
        check_ready(settings(), TODAY)
    named = [line.split()[0] for line in str(caught.value).splitlines()]
    assert named == [f"HAMRAH_{name.upper()}" for name in LIVE]


@pytest.mark.parametrize(
    ("checked", "fresh"),
    [
        (TODAY, True),
        (TODAY - timedelta(days=90), True),
        (TODAY - timedelta(days=91), False),
        (TODAY + timedelta(days=1), False),
        (date(2020, 1, 1), False),
    ],
)
def test_contacts_must_have_been_called_within_ninety_days(checked: date, fresh: bool) -> None:
    chosen = settings(**{**LIVE, "contacts_checked": checked.isoformat()})
    if fresh:
        check_ready(chosen, TODAY)
    else:
        with pytest.raises(NotReady, match=r"^HAMRAH_CONTACTS_CHECKED must be a day of the last 90"):
            check_ready(chosen, TODAY)


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("http://127.0.0.1:8080", True),
        ("http://localhost:1", True),
        ("http://LOCALHOST", True),
        ("http://[::1]:80", True),
        ("https://api.telegram.org", False),
        ("http://api.telegram.org", False),
        ("http://127.0.0.1.example.org", False),
        ("http://localhost@example.org", False),
        ("http://example.org/127.0.0.1", False),
        ("http://192.168.1.4:8081", False),
    ],
)
def test_only_a_loopback_address_is_exempt(address: str, local: bool) -> None:
    chosen = settings(token="1:x", api_url=address)
    assert chosen.on_loopback is local
    if local:
        check_ready(chosen, TODAY)
    else:
        with pytest.raises(NotReady):
            check_ready(chosen, TODAY)


def test_even_a_local_bot_api_needs_a_token() -> None:
    with pytest.raises(NotReady, match=r"^HAMRAH_TOKEN is empty"):
        check_ready(settings(api_url="http://127.0.0.1:1"), TODAY)


@given(st.from_regex(r"[a-z0-9.-]{1,30}", fullmatch=True))
def test_no_name_but_the_loopbacks_is_taken_for_local(host: str) -> None:
    try:
        chosen = settings(api_url=f"http://{host}")
    except ValidationError:
        return
    assert chosen.on_loopback == (host in ("127.0.0.1", "localhost"))


def test_the_demo_is_invented_and_reads_nothing_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    undisturbed = demo.settings("http://127.0.0.1:1", Path("x"))
    real = dict.fromkeys(Settings.model_fields, "real") | {
        "database_url": "sqlite+aiosqlite:////srv/real.sqlite",
        "api_url": "https://real.example.org",
        "operator_kind": "government",
        "contacts_checked": "2026-11-20",
        **dict.fromkeys(("target_hours", "urgent_target_hours", "digest_hours"), "99"),
        "retention_days": "99",
        "mode": "webhook",
        "webhook_url": "https://real.example.org/telegram",
        "webhook_secret": "a-real-secret-of-somebody",
        "listen": "127.0.0.1:1",
        "stop_seconds": "99",
        "log_format": "json",
        "log_level": "DEBUG",
    }
    for name, value in real.items():
        monkeypatch.setenv(f"HAMRAH_{name.upper()}", value)
    assert Settings().operator_name == "real"  # the environment would be read
    (tmp_path / ".env").write_text("HAMRAH_MASTER_KEY=real\n")
    chosen = demo.settings("http://127.0.0.1:1", Path("x"))
    assert chosen == undisturbed
    assert "real" not in repr([value for _, value in chosen]) + chosen.token.get_secret_value()
    assert chosen.master_key.get_secret_value() == ""
    assert set(dict(chosen)) == set(Settings.model_fields)
    assert chosen.database == f"sqlite+aiosqlite:///{Path('x').resolve() / 'hamrah.sqlite'}"
    assert all("invented" in contact for contact in chosen.contacts.values())
    assert "invented" in chosen.operator_name
    check_ready(chosen, TODAY)


# --- how they are read


def test_they_come_from_the_environment_and_a_env_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("HAMRAH_OPERATOR_NAME='From the file'\nHAMRAH_TARGET_HOURS=10\nOTHER=1\n")
    monkeypatch.setenv("HAMRAH_TARGET_HOURS", "20")
    chosen = Settings()
    assert chosen.operator_name == "From the file"
    assert chosen.target_hours == 20  # the environment wins


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.setenv(f"HAMRAH_{name.upper()}", "")
    assert Settings() == settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("api_url", "api.telegram.org"),
        ("api_url", "ftp://example.org"),
        ("api_url", "https://"),
        ("operator_kind", "company"),
        ("contacts_checked", "yesterday"),
        ("contacts_checked", "2026-02-30"),
        ("target_hours", "0"),
        ("target_hours", "soon"),
        ("urgent_target_hours", "-1"),
        ("digest_hours", "0"),
        ("retention_days", "29"),
        ("mode", "carrier pigeon"),
        ("webhook_url", "http://bot.example.org/telegram"),  # anybody on the way could read it
        ("webhook_url", "bot.example.org/telegram"),
        ("webhook_url", "https://bot.example.org"),
        ("webhook_url", "https:///telegram"),
        ("webhook_url", "https://bot.example.org/readyz"),
        ("webhook_url", "https://bot.example.org/telegram?secret=1"),
        ("webhook_url", "https://bot.example.org/{token}"),
        ("webhook_secret", "fifteen-letters"),
        ("webhook_secret", "x" * 257),
        ("webhook_secret", "sixteen letters!"),
        ("webhook_secret", "رمز-رمز-رمز-رمز-رمز"),
        ("listen", "8081"),
        ("listen", ":8081"),
        ("listen", "127.0.0.1"),
        ("listen", "127.0.0.1:0"),
        ("listen", "127.0.0.1:65536"),
        ("listen", "http://127.0.0.1:8081"),
        ("listen", "127.0.0.1:8081/x"),
        ("stop_seconds", "0"),
        ("log_format", "xml"),
        ("log_level", "loud"),
        ("retention_days", "1.5"),
    ],
)
def test_a_wrong_value_is_refused_at_the_start(name: str, value: str) -> None:
    with pytest.raises(ValidationError) as caught:
        settings(**{name: value})
    assert [error["loc"] for error in caught.value.errors()] == [(name,)]


def test_secrets_do_not_show_themselves() -> None:
    chosen = settings(**LIVE, master_key="canary-key", webhook_secret="canary-webhook-key")
    for shown in (repr(chosen), str(chosen), str(chosen.model_dump())):
        assert "secret-token" not in shown
        assert "canary" not in shown
    assert isinstance(chosen.token, SecretStr)


def test_the_webhook_needs_its_address_and_its_secret() -> None:
    with pytest.raises(NotReady) as caught:
        check_ready(settings(**LIVE, mode="webhook"), TODAY)
    named = [line.split()[0] for line in str(caught.value).splitlines()]
    assert named == ["HAMRAH_WEBHOOK_URL", "HAMRAH_WEBHOOK_SECRET"]
    webhook = {"mode": "webhook", "webhook_url": "https://bot.example.org/t/x", "webhook_secret": "x" * 16}
    check_ready(settings(**LIVE, **webhook), TODAY)
    assert settings(**webhook).webhook_path == "/t/x"


def test_a_webhook_on_this_machine_may_do_without_encryption() -> None:
    assert settings(webhook_url="http://127.0.0.1:8081/telegram").webhook_path == "/telegram"


def test_our_own_server_listens_where_it_is_told_and_for_a_webhook_anyway() -> None:
    assert settings().listening is None
    assert settings(mode="webhook").listening == ("127.0.0.1", 8081)
    assert settings(listen="0.0.0.0:9000").listening == ("0.0.0.0", 9000)
    assert settings(mode="webhook", listen="[::1]:9000").listening == ("::1", 9000)


def test_the_places_follow_the_data_folder(tmp_path: Path) -> None:
    chosen = settings(data_dir=str(tmp_path))
    assert chosen.database == f"sqlite+aiosqlite:///{tmp_path / 'hamrah.sqlite'}"
    assert chosen.key_file == tmp_path / "master.key"
    chosen = settings(database_url="sqlite+aiosqlite:///x.sqlite", master_key_file="/run/key")
    assert (chosen.database, chosen.key_file) == ("sqlite+aiosqlite:///x.sqlite", Path("/run/key"))


def test_an_address_may_end_with_a_slash() -> None:
    assert settings(api_url="http://127.0.0.1:1/").api_url == "http://127.0.0.1:1"
