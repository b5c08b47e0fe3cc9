"""Settings: complete and typed, or one error that names everything that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.config import OWN_VARIABLES, ConfigError, Settings, profiles
from app.setting_values import Provider, SmtpServer


def problems(**environ: str) -> dict[str, str]:
    with pytest.raises(ConfigError) as caught:
        Settings.from_env(environ)
    return {problem.name: str(problem) for problem in caught.value.problems}


def test_nothing_set_is_a_working_installation() -> None:
    settings = Settings.from_env({})
    assert settings.database_url is None
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.data == Path("var").absolute()
    assert settings.embedded_folder == settings.data / "postgres"
    assert settings.accounts_file == settings.data / "demo-accounts.json"
    assert (settings.web_workers, settings.web_threads, settings.max_body_bytes) == (2, 8, 16 * 1024 * 1024)


def test_everything_can_be_set(tmp_path: Path) -> None:
    settings = Settings.from_env(
        {
            "DATABASE_URL": "postgres://app:pw@db:5433/motcua?sslmode=require",
            "DATABASE_OWNER_URL": "postgresql://owner:pw@db:5433/motcua",
            "MOTCUA_DATA": str(tmp_path / "data"),
            "PORT": "8001",
            "HOST": "0.0.0.0",  # noqa: S104
            "PUBLIC_URL": "https://motcua.example.vn/",
            "SMTP_URL": "smtps://robot:p%40ss@mail.example.vn",
            "MAIL_FROM": "motcua@example.vn",
            "LOG_LEVEL": "debug",
            "LOG_FORMAT": "json",
            "WEB_WORKERS": "4",
            "WEB_THREADS": "16",
            "TICK_SECONDS": "0.5",
            "MAX_BODY_BYTES": "1048576",
            "TOKEN_HOURS": "8",
        }
    )
    assert settings.database_url == "postgresql://app:pw@db:5433/motcua?sslmode=require"
    assert settings.database_owner_url == "postgresql://owner:pw@db:5433/motcua"
    assert settings.data == tmp_path / "data"
    assert settings.public_url == "https://motcua.example.vn"
    assert settings.smtp == SmtpServer("mail.example.vn", 465, tls=True, user="robot", password="p@ss")
    assert (settings.log_level, settings.log_format) == ("DEBUG", "json")
    assert (settings.tick_seconds, settings.token_hours) == (0.5, 8)


def test_the_owner_is_the_application_unless_named() -> None:
    settings = Settings.from_env({"DATABASE_URL": "postgresql://app:pw@db/motcua"})
    assert settings.database_owner_url == settings.database_url


def test_the_public_address_follows_the_port() -> None:
    assert Settings.from_env({"PORT": "8123"}).public_url == "http://127.0.0.1:8123"


def test_an_empty_value_counts_as_unset() -> None:
    assert Settings.from_env({"PORT": " ", "DATABASE_URL": ""}) == Settings.from_env({})


def test_every_bad_variable_is_named_at_once() -> None:
    found = problems(PORT="80000", WEB_THREADS="many", LOG_FORMAT="xml", PATH="/usr/bin")
    assert list(found) == ["PORT", "LOG_FORMAT", "WEB_THREADS"]
    assert "'80000'" in found["PORT"]
    assert "1 đến 65535" in found["PORT"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://app:pw@db/motcua"),
        ("DATABASE_URL", "postgresql://app:pw@db"),
        ("DATABASE_URL", "postgresql+psycopg://app:pw@db/motcua"),
        ("DATABASE_URL", "postgresql://app:pw@db:port/motcua"),
        ("HOST", "127.0.0.1:8000"),
        ("PORT", "0"),
        ("PORT", "8e3"),
        ("PORT", "８０００"),
        ("PUBLIC_URL", "motcua.example.vn"),
        ("PUBLIC_URL", "https://motcua.example.vn?a=b"),
        ("MOTCUA_PROFILE", "atlantis"),
        ("MOTCUA_PROFILE", "../quang_tri"),
        ("MOTCUA_DATA", "/dev/null"),
        ("SMTP_URL", "mail.example.vn:25"),
        ("MAIL_FROM", "Một Cửa"),
        ("LOG_LEVEL", "LOUD"),
        ("TICK_SECONDS", "0"),
        ("TICK_SECONDS", "nan"),
        ("MAX_BODY_BYTES", "1"),
        ("TOKEN_HOURS", "-1"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused(name: str, value: str) -> None:
    assert list(problems(**{name: value})) == [name]


def test_an_unknown_profile_names_those_that_exist() -> None:
    for unknown in ("atlantis", "../quang_tri", "quang_tri.toml"):
        assert "quang_tri" in problems(MOTCUA_PROFILE=unknown)["MOTCUA_PROFILE"]


@pytest.mark.parametrize("name", profiles())
def test_every_profile_may_be_chosen(name: str) -> None:
    assert Settings.from_env({"MOTCUA_PROFILE": name}).profile == name


def test_the_five_provinces_and_the_national_regime_are_there() -> None:
    assert profiles() == ["ha_tinh", "long_an", "national_2025", "quang_tri", "soc_trang", "thai_nguyen"]


@pytest.mark.parametrize("name", OWN_VARIABLES)
def test_a_misspelt_name_is_told_the_nearest(name: str) -> None:
    misspelt = name[:-1]
    assert f"gần nhất là {name}" in problems(**{misspelt: "x"})[misspelt]


def test_an_owner_without_an_application_is_refused() -> None:
    assert list(problems(DATABASE_OWNER_URL="postgresql://owner:pw@db/motcua")) == ["DATABASE_URL"]


def test_passwords_are_shown_neither_by_errors_nor_by_values() -> None:
    assert "hush" not in str(problems(DATABASE_URL="mysql://app:hush@db/motcua", SMTP_URL="http://a:hush@b"))
    settings = Settings.from_env({"DATABASE_URL": "postgresql://app:hush@db/motcua", "SMTP_URL": "smtp://a:hush@b"})
    assert "hush" not in repr(settings)


@pytest.mark.parametrize(("host", "url"), [("127.0.0.1", "http://127.0.0.1:8000"), ("::1", "http://[::1]:8000")])
def test_the_sign_in_address_can_be_typed_into_a_browser(host: str, url: str) -> None:
    assert Settings.from_env({"HOST": host}).sign_in_url == url


def test_how_an_sms_goes_out_and_who_may_ask_by_one() -> None:
    assert (Settings.from_env({}).sms_folded, Settings.from_env({}).sms_lookup_token) == (False, None)
    plain = Settings.from_env({"SMS_TEXT": "plain", "SMS_LOOKUP_TOKEN": "k" * 32})
    assert (plain.sms_folded, plain.sms_lookup_token) == (True, "k" * 32)
    assert "k" * 32 not in repr(plain)
    assert set(problems(SMS_TEXT="ascii", SMS_LOOKUP_TOKEN="ngắn")) == {"SMS_TEXT", "SMS_LOOKUP_TOKEN"}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("postgresql://w:p@a:5432,b:5433/motcua", "postgresql://w:p@/motcua?host=a,b&port=5432,5433"),
        (
            "postgres://w:p@a,b/motcua?target_session_attrs=read-write",
            "postgresql://w:p@/motcua?host=a,b&port=5432,5432&target_session_attrs=read-write",
        ),
    ],
)
def test_a_database_may_have_several_hosts(given: str, kept: str) -> None:
    assert Settings.from_env({"DATABASE_URL": given}).database_url == kept


def test_a_provider_is_set_whole_or_not_at_all() -> None:
    settings = Settings.from_env(
        {"OIDC_ISSUER": "https://id.tinh.gov.vn", "OIDC_CLIENT_ID": "motcua", "OIDC_CLIENT_SECRET": "giấu kín"}
    )
    assert settings.oidc == Provider("https://id.tinh.gov.vn", "motcua", "giấu kín", "email", "email")
    assert "giấu kín" not in repr(settings)
    assert list(problems(OIDC_ISSUER="https://id.tinh.gov.vn")) == ["OIDC_CLIENT_ID"]
    assert list(problems(OIDC_CLIENT_ID="motcua")) == ["OIDC_ISSUER"]
    wrong = {"OIDC_ISSUER": "http://id.tinh.gov.vn", "OIDC_CLAIM": "a b", "OIDC_ACCOUNT": "name", "OIDC_CLIENT_ID": "m"}
    assert set(problems(**wrong)) == set(wrong) - {"OIDC_CLIENT_ID"}


def test_of_whom_a_second_factor_is_demanded() -> None:
    assert Settings.from_env({}).second_factor == ()
    assert "account.manage" in Settings.from_env({"SECOND_FACTOR": "administrators"}).second_factor
    assert Settings.from_env({"SECOND_FACTOR": "task.work, audit.view"}).second_factor == ("task.work", "audit.view")
    assert list(problems(SECOND_FACTOR="everybody", API_TOKEN_DAYS="0")) == ["SECOND_FACTOR", "API_TOKEN_DAYS"]
