"""What is sealed opens with its own key, in its own place, unchanged; and no other way."""

import base64
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import service
from bot.settings import Settings
from storage import key_file
from storage.errors import MasterKeyInvalid, MasterKeyMissing, MasterKeyWrong, Sealed
from storage.vault import MasterKeys, Vault


def vault(master: bytes) -> Vault:
    masters = MasterKeys([master], os.urandom)
    return Vault(masters, os.urandom, index=os.urandom(32), queue=os.urandom(32))


VAULT = vault(b"\x07" * 32)
OTHER = vault(b"\x08" * 32)
ZAHRA = VAULT.unwrap(VAULT.new_key())
LUC = VAULT.unwrap(VAULT.new_key())


@given(st.text(), st.text(max_size=20))
def test_a_text_comes_back_whole(text: str, place: str) -> None:
    sealed = ZAHRA.seal(text, place)
    assert ZAHRA.open(sealed, place) == text
    assert ZAHRA.seal(text, place) != sealed  # equal texts must not look equal


@given(st.text(alphabet=st.characters(categories=["Cs", "L"]), max_size=20))
def test_broken_characters_are_sealed_and_not_raised(text: str) -> None:
    assert len(ZAHRA.open(ZAHRA.seal(text, "x"), "x")) == len(text)


@given(st.text(), st.data())
def test_a_changed_byte_does_not_open(text: str, data: st.DataObject) -> None:
    sealed = bytearray(ZAHRA.seal(text, "people.draft"))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Sealed):
        ZAHRA.open(bytes(sealed), "people.draft")


@given(st.text(), st.data())
def test_a_shortened_value_does_not_open(text: str, data: st.DataObject) -> None:
    sealed = ZAHRA.seal(text, "people.draft")
    with pytest.raises(Sealed):
        ZAHRA.open(sealed[: data.draw(st.integers(0, len(sealed) - 1))], "people.draft")


def test_a_value_opens_in_its_own_place_only() -> None:
    sealed = ZAHRA.seal("زهرا", "people.draft")
    with pytest.raises(Sealed, match=r"ticket_messages\.body"):
        ZAHRA.open(sealed, "ticket_messages.body")


def test_nobody_elses_key_opens_it() -> None:
    sealed = ZAHRA.seal("زهرا", "people.draft")
    for key in (LUC, VAULT.queue, OTHER.queue):
        with pytest.raises(Sealed):
            key.open(sealed, "people.draft")


def test_another_master_key_unwraps_nothing() -> None:
    with pytest.raises(Sealed):
        OTHER.unwrap(VAULT.new_key())


def test_the_error_tells_the_place_and_not_the_text() -> None:
    with pytest.raises(Sealed) as caught:
        LUC.open(ZAHRA.seal("canary", "people.draft"), "people.draft")
    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_key_shows_nothing_of_itself() -> None:
    assert "AESGCM" not in repr(ZAHRA)
    assert not hasattr(ZAHRA, "__dict__")


@given(st.text(alphabet=st.characters(codec="utf-8")), st.text(alphabet=st.characters(codec="utf-8")))
def test_a_fingerprint_finds_a_value_and_only_that(one: str, two: str) -> None:
    found = VAULT.fingerprint("case number", one)
    assert found == VAULT.fingerprint("case number", one)
    assert (found == VAULT.fingerprint("case number", two)) == (one == two)
    assert found != VAULT.fingerprint("invitation", one)
    assert found != OTHER.fingerprint("case number", one)  # keyed: nobody can hash all numbers and compare


def test_tokens_fit_into_a_deep_link_and_never_repeat() -> None:
    tokens = {VAULT.token() for _ in range(100)}
    assert len(tokens) == 100
    for token in tokens:
        assert 20 <= len(token) <= 64 - len("join-")
        assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")


# --- the master key


def settings_at(folder: Path, **more: str) -> Settings:
    return Settings(_env_file=None, data_dir=folder, **more)  # type: ignore[arg-type]


async def test_an_empty_database_gets_a_key_that_its_owner_alone_can_read(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    await (await service.open_database(settings_at(folder))).close()
    key = folder / "master.key"
    assert key.stat().st_mode & 0o777 == 0o600
    before = key.read_bytes()
    await (await service.open_database(settings_at(folder))).close()
    assert key.read_bytes() == before


async def test_a_full_database_without_its_key_does_not_start_and_no_new_key_is_made(tmp_path: Path) -> None:
    await (await service.open_database(settings_at(tmp_path))).close()
    (tmp_path / "master.key").unlink()
    with pytest.raises(MasterKeyMissing, match=r"no master key at .*HAMRAH_MASTER_KEY"):
        await service.open_database(settings_at(tmp_path))
    assert not (tmp_path / "master.key").exists()


async def test_the_key_of_another_database_does_not_start_and_changes_nothing(tmp_path: Path) -> None:
    await (await service.open_database(settings_at(tmp_path))).close()
    key = tmp_path / "master.key"
    right, wrong = key.read_bytes(), base64.urlsafe_b64encode(os.urandom(32)) + b"\n"
    key.write_bytes(wrong)
    for _ in range(2):
        with pytest.raises(MasterKeyWrong, match="not the one that this database was made with"):
            await service.open_database(settings_at(tmp_path))
    assert key.read_bytes() == wrong
    with pytest.raises(MasterKeyWrong):
        await service.open_database(settings_at(tmp_path, master_key=wrong.decode()))
    key.write_bytes(right)
    await (await service.open_database(settings_at(tmp_path))).close()


async def test_a_key_file_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    place = tmp_path / "plain" / "master.key"
    with pytest.raises(MasterKeyInvalid, match=f"file {place} cannot be used: "):
        await service.open_database(settings_at(tmp_path / "data", master_key_file=str(place)))
    (tmp_path / "folder").mkdir(mode=0o700)
    with pytest.raises(MasterKeyInvalid, match="cannot be used: Is a directory"):
        key_file.read_or_make(tmp_path / "folder", may_make=False, random=os.urandom)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610])
async def test_a_key_that_others_may_touch_is_refused(tmp_path: Path, mode: int) -> None:
    await (await service.open_database(settings_at(tmp_path))).close()
    (tmp_path / "master.key").chmod(mode)
    with pytest.raises(MasterKeyInvalid, match="chmod 600"):
        await service.open_database(settings_at(tmp_path))


async def test_a_key_from_the_environment_needs_no_file(tmp_path: Path) -> None:
    key = base64.urlsafe_b64encode(os.urandom(32)).decode()
    await (await service.open_database(settings_at(tmp_path, master_key=key))).close()
    assert not (tmp_path / "master.key").exists()


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 32, b"!" * 44, b"A" * 43, b"QUJD" * 20])
def test_what_is_no_key_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "master.key"
    path.write_bytes(content)
    path.chmod(0o600)
    for may_make in (False, True) if content else (False,):
        with pytest.raises(MasterKeyInvalid, match="The master key"):
            key_file.read_or_make(path, may_make=may_make, random=os.urandom)
    assert path.read_bytes() == content


def test_a_start_that_was_killed_while_making_the_key_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    path.touch(mode=0o600)
    key = key_file.read_or_make(path, may_make=True, random=os.urandom)
    assert key_file.read_or_make(path, may_make=False, random=os.urandom) == key


@given(st.binary(min_size=32, max_size=32))
def test_a_written_key_is_read_back(key: bytes) -> None:
    assert key_file.parse(f" {key_file.written(key)}\n") == [key]


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=4))
def test_several_written_keys_are_read_back_in_order(keys: list[bytes]) -> None:
    for between in ("\n", " ", "\r\n", "\n\n"):
        assert key_file.parse(between.join(key_file.written(key) for key in keys)) == keys


async def test_a_key_that_systemd_lends_the_service_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await (await service.open_database(settings_at(tmp_path))).close()
    lent = tmp_path / "credentials" / "master.key"
    lent.parent.mkdir()
    (tmp_path / "master.key").rename(lent)
    lent.chmod(0o440)
    with pytest.raises(MasterKeyInvalid, match="chmod 600"):
        await service.open_database(settings_at(tmp_path, master_key_file=str(lent)))
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(lent.parent))
    await (await service.open_database(settings_at(tmp_path, master_key_file=str(lent)))).close()
    lent.chmod(0o444)
    with pytest.raises(MasterKeyInvalid, match="chmod 600"):
        await service.open_database(settings_at(tmp_path, master_key_file=str(lent)))
