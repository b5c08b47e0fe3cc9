"""Signing in by way of an OpenID Connect provider, a real process, and everything that it or somebody between may do wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from app.access import oidc
from app.store.accounts import Account
from app.store.administration_changes import AdministrationChange
from app.store.identities import Identity
from tests import factories
from tests.actions.scene import Scene
from tests.factories import PASSWORD
from tests.signing_in.conftest import Office, Setting, asked_of
from tests.web.desk import Desk, page_of, words

BINH = "binh@example.org"
STRANGE = "Lần đăng nhập này đã quá lâu"


WRONG: tuple[dict[str, Any], ...] = (
    {"claims": {"nonce": "another"}},
    {"without": ["nonce"]},
    {"claims": {"aud": "another-client"}},
    {"claims": {"aud": ["motcua", "another"]}},
    {"claims": {"aud": ["motcua", "another"], "azp": "another"}},
    {"claims": {"azp": "another"}},
    {"without": ["aud"]},
    {"claims": {"iss": "https://evil.example"}},
    {"without": ["iss"]},
    {"claims": {"exp": 1_000_000_000}},
    {"without": ["exp"]},
    {"claims": {"nbf": 4_000_000_000}},
    {"claims": {"iat": 4_000_000_000}},
    {"claims": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}},
    {"claims": {"sub": ""}},
    {"claims": {"sub": "x" * 256}},
    {"claims": {"sub": 7}},
    {"without": ["sub"]},
    {"alg": "none"},
    {"alg": "HS256"},
    {"key": "foreign"},
)


AWAY: tuple[dict[str, Any], ...] = (
    {"down": True},
    {"down": "html"},
    {"metadata": {"issuer": "https://evil.example"}},
    {"metadata": {"token_endpoint": "ftp://evil.example/token"}},
    {"metadata": {"jwks_uri": None}},
    {"metadata": {"authorization_endpoint": 7}},
)


def links(scene: Scene) -> list[tuple[str, str, int]]:
    with scene.writing() as connection:
        return [tuple(row) for row in connection.execute(select(Identity.subject, Identity.claim, Identity.account_id))]


def kinds(scene: Scene) -> list[str]:
    with scene.writing() as connection:
        rows = connection.execute(select(AdministrationChange.kind).order_by(AdministrationChange.id))
        return list(rows.scalars())


@pytest.mark.rule("QT-27.2")
def test_an_official_signs_in_with_her_mailbox_and_is_linked_once(office: Office) -> None:
    client, answer = office.sign_in(BINH)
    assert (answer.status_code, answer.location) == (303, "/")
    assert "Nguyễn Thị binh" in words(client.get("/viec"))
    assert links(office.scene) == [(f"subject-of-{BINH}", BINH, office.scene.province.accounts["binh"])]
    client, answer = office.sign_in(BINH)
    assert kinds(office.scene).count("identity_linked") == 1
    assert "qua nhà cung cấp định danh" in words(client.get("/toi/phien"))


def test_a_mailbox_is_the_same_however_it_is_written(office: Office) -> None:
    office.wrong(claims={"email": BINH.upper()})
    assert office.sign_in(BINH)[1].status_code == 303
    assert links(office.scene)[0][1] == BINH.upper()


def test_what_is_asked_of_the_provider(office: Office) -> None:
    client = office.scene.app.test_client()
    asked = asked_of(office.begin(client))
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert asked["redirect_uri"] == "http://127.0.0.1:8000/dang-nhap/dinh-danh/tro-ve"
    again = asked_of(office.begin(client))
    assert not {asked[name] for name in ("state", "nonce", "code_challenge")} & set(again.values())


def test_the_page_that_was_asked_for_is_opened_and_no_other_site(office: Office) -> None:
    client = office.scene.app.test_client()
    (link,) = page_of(client.get("/viec?q=an")).xpath("//a[starts-with(@href, '/dang-nhap/dinh-danh')]/@href")
    answer = office.come_back(client, office.consent(office.begin(client, link), BINH))
    assert answer.location == "/viec?q=an"
    for path in ("//evil.example", "https://evil.example", "/\\evil.example"):
        client = office.scene.app.test_client()
        address = office.begin(client, f"/dang-nhap/dinh-danh?tiep={path}")
        assert office.come_back(client, office.consent(address, BINH)).location == "/"


def test_a_token_that_does_not_hold_opens_nothing(office: Office) -> None:
    for wrong in WRONG:
        office.wrong(**wrong)
        client, answer = office.sign_in(BINH)
        assert answer.status_code == 403, wrong
        assert "đăng nhập bằng mật khẩu" in words(answer), wrong
        assert client.get("/viec").status_code == 401, wrong
    assert links(office.scene) == []


def test_a_code_or_state_counts_once_and_in_its_own_browser(office: Office) -> None:
    client, stranger = office.scene.app.test_client(), office.scene.app.test_client()
    back = office.consent(office.begin(client), BINH)
    foreign = office.come_back(stranger, back)
    assert (foreign.status_code, STRANGE in words(foreign)) == (400, True)
    cookie = client.get_cookie("motcua")
    assert cookie is not None
    assert office.come_back(client, back).status_code == 303
    assert office.come_back(client, back).status_code == 400
    stranger.set_cookie("motcua", cookie.value)  # the cookie of before brings the state back, but not the code
    assert office.come_back(stranger, back).status_code == 403
    assert stranger.get("/viec").status_code == 401


def test_a_code_of_another_sign_in_does_not_fit_its_verifier(office: Office) -> None:
    client, thief = office.scene.app.test_client(), office.scene.app.test_client()
    stolen = asked_of(office.consent(office.begin(client), BINH))["code"]
    state = asked_of(office.begin(thief))["state"]
    answer = thief.get("/dang-nhap/dinh-danh/tro-ve", query_string={"code": stolen, "state": state})
    assert answer.status_code == 403
    assert thief.get("/viec").status_code == 401


def test_what_never_began_here_is_told(office: Office) -> None:
    client = office.scene.app.test_client()
    office.begin(client)
    long = "code=" + "x" * 5000
    for query in ("", "state=x", "code=x", "state=&code=", "state=%00&code=%00", long, "error=server_error"):
        assert STRANGE in words(client.get(f"/dang-nhap/dinh-danh/tro-ve?{query}")), query


def test_who_stops_there_an_answer_of_another_provider_and_one_too_late(office: Office) -> None:
    client = office.scene.app.test_client()
    stopped = office.come_back(client, office.consent(office.begin(client), ""))
    assert "chưa hoàn tất" in words(stopped)
    back = office.consent(office.begin(client), BINH)
    assert office.come_back(client, f"{back}&iss=https%3A%2F%2Fevil.example").status_code == 403
    back = office.consent(office.begin(client), BINH)
    office.scene.clock.move(minutes=11)
    assert STRANGE in words(office.come_back(client, back))


def test_several_tabs_may_sign_in_at_once(office: Office) -> None:
    client = office.scene.app.test_client()
    first, second = office.begin(client), office.begin(client)
    back = office.consent(second, BINH)
    assert office.come_back(client, office.consent(first, BINH)).status_code == 303
    assert office.come_back(client, back).status_code == 400  # signing in began a new session


def test_new_keys_of_the_provider_are_asked_for_at_once_and_known_ones_are_not_asked_for(office: Office) -> None:
    assert office.sign_in(BINH)[1].status_code == 303
    asked = office.wrong()["asked"]
    assert asked.count("/jwks") == asked.count("/.well-known/openid-configuration") == 1
    assert office.sign_in(BINH)[1].status_code == 303
    assert "/jwks" not in office.wrong(rotate=True)["asked"]
    assert office.sign_in(BINH)[1].status_code == 303
    assert office.wrong()["asked"].count("/jwks") == 1


@pytest.mark.parametrize("user", ["nobody@example.org", "", "gone@example.org", "twice@example.org"])
def test_no_account_is_made_for_whom_nobody_knows(office: Office, user: str) -> None:
    scene = office.scene
    with scene.writing() as connection:
        factories.account(connection, "gone", scene.province.health, active=False)
        for name in ("one", "other"):
            factories.account(connection, name, scene.province.health, email="twice@example.org")
        before = connection.execute(select(func.count()).select_from(Account)).scalar_one()
    if not user:
        office.wrong(claims={"email_verified": False})
        user = BINH
    client, answer = office.sign_in(user)
    assert answer.status_code == 403
    assert "chưa ứng với một tài khoản" in words(answer)
    assert client.get("/viec").status_code == 401
    with scene.writing() as connection:
        assert connection.execute(select(func.count()).select_from(Account)).scalar_one() == before
    assert links(scene) == []
    assert kinds(scene)[-1] == "identity_refused"


def test_the_link_outlives_the_claim_until_an_administrator_takes_it(office: Office) -> None:
    """The mailbox was given to somebody else: she gets in nowhere, who had it goes on."""
    scene = office.scene
    assert office.sign_in(BINH)[1].status_code == 303
    office.wrong(claims={"email": "binh.moi@example.org"})
    assert office.sign_in(BINH)[1].status_code == 303
    office.wrong(claims={"sub": "somebody-else"})
    refused = office.sign_in(BINH)[1]
    assert (refused.status_code, "đã liên kết với một người khác" in words(refused)) == (403, True)
    admin = Desk(scene, "admin")
    form = admin.form(admin.see("/quan-tri/phien?tai-khoan=binh"), "/quan-tri/phien/lien-ket")
    assert admin.send(form).status_code == 303
    assert office.sign_in(BINH)[1].status_code == 303
    assert links(scene) == [("somebody-else", BINH, scene.province.accounts["binh"])]


def test_a_locked_account_is_locked_there_too(office: Office) -> None:
    assert office.sign_in(BINH)[1].status_code == 303
    with office.scene.writing() as connection:
        factories.set_columns(connection, "accounts", office.scene.province.accounts["binh"], active=False)
    assert office.sign_in(BINH)[1].status_code == 403


def test_another_claim_may_name_the_account_and_may_stand_in_userinfo_only(office: Office, setting: Setting) -> None:
    provider = office.scene.app.extensions["motcua"].settings.oidc
    setting(oidc=replace(provider, claim="preferred_username", account="username"))
    office.wrong(without=["preferred_username", "email"])
    assert office.sign_in("chi@example.org")[1].status_code == 303
    office.wrong(without=["preferred_username"], userinfo={"sub": "somebody-else"})
    assert office.sign_in("binh@example.org")[1].status_code == 403
    assert [row[1] for row in links(office.scene)] == ["chi"]


def test_a_temporary_password_does_not_hold_up_who_came_by_her_mailbox(office: Office) -> None:
    with office.scene.writing() as connection:
        factories.account(connection, "moi", office.scene.province.health, must_change_password=True)
    client, answer = office.sign_in("moi@example.org")
    assert answer.status_code == 303
    assert client.get("/viec").status_code == 200


def test_a_provider_that_is_away_leaves_the_password(office: Office) -> None:
    client = office.scene.app.test_client()
    for wrong in AWAY:
        oidc.forget_known()
        office.wrong(**wrong)
        answer = client.get("/dang-nhap/dinh-danh?tiep=/viec")
        assert (answer.status_code, "Hãy đăng nhập bằng mật khẩu" in words(answer)) == (503, True), wrong
    office.wrong()
    assert client.get("/dang-nhap/dinh-danh").status_code == 503
    assert office.wrong()["asked"] == [], "nobody waits for it again at once"
    (form,) = [form for form in page_of(answer).iter("form") if form.get("action") == "/dang-nhap"]
    fields = {name: str(value) for name, value in form.form_values()}
    signed = client.post("/dang-nhap", data=fields | {"username": "binh", "password": PASSWORD})
    assert (signed.status_code, signed.location) == (303, "/viec")


@pytest.mark.parametrize("path", ["/token", "/jwks"])
def test_one_that_goes_away_meanwhile_too(office: Office, path: str) -> None:
    client = office.scene.app.test_client()
    back = office.consent(office.begin(client), BINH)
    office.wrong(down=path)
    answer = office.come_back(client, back)
    assert answer.status_code == 503
    assert client.get("/viec").status_code == 401


def test_signing_out_offers_to_sign_out_there_too(office: Office) -> None:
    scene = office.scene
    client, _ = office.sign_in(BINH)
    page = page_of(client.get("/viec"))
    (form,) = [form for form in page.iter("form") if form.get("action") == "/dang-xuat"]
    answer = client.post("/dang-xuat", data={name: str(value) for name, value in form.form_values()})
    assert answer.location == "/dang-nhap?ra=1"
    assert "đăng xuất cả tài khoản thư công vụ" in words(client.get(answer.location))
    there = client.get("/dang-xuat/dinh-danh")
    assert there.location.startswith(f"{office.address}/logout?client_id=motcua")
    assert "đăng xuất cả" not in words(Desk(scene, "binh").client.get("/dang-nhap", follow_redirects=True))
    office.wrong(metadata={"end_session_endpoint": None})
    oidc.forget_known()
    assert client.get("/dang-xuat/dinh-danh").location == "/dang-nhap"


def test_words_typed_before_the_session_ended_wait_for_a_sign_in_in_another_tab(office: Office) -> None:
    client, _ = office.sign_in("desk@example.org")
    (form,) = [
        one for one in page_of(client.get("/tiep-nhan/1.000001")).iter("form") if one.get("id") or one.get("action")
    ][-1:]
    fields = {name: str(value) for name, value in form.form_values()} | {"applicant-name": "Trần Văn Bình"}
    office.scene.clock.move(hours=13)
    office.wrong()
    asked = client.post("/tiep-nhan/1.000001", data=fields)
    assert asked.status_code == 401
    (waiting,) = [one for one in page_of(asked).iter("form") if one.get("action") == "/dang-nhap/tiep-tuc"]
    carried = {name: str(value) for name, value in waiting.form_values()}
    too_soon = client.post("/dang-nhap/tiep-tuc", data=carried)
    assert (too_soon.status_code, "Trần Văn Bình" in too_soon.text) == (401, True)
    assert office.sign_in("desk@example.org", client)[1].status_code == 303
    resumed = client.post("/dang-nhap/tiep-tuc", data=carried)
    assert resumed.status_code == 200
    assert "Trần Văn Bình" in words(resumed)


def test_without_a_provider_nothing_of_it_is_there(scene: Scene) -> None:
    client = scene.app.test_client()
    assert "dinh-danh" not in client.get("/dang-nhap").text
    for path in ("/dang-nhap/dinh-danh", "/dang-nhap/dinh-danh/tro-ve?code=x&state=x", "/dang-xuat/dinh-danh"):
        assert client.get(path).status_code == 404
