"""Finding an applicant again among those of earlier dossiers, so that what was given once is not asked for again (TN-21.7).

Numbers are found by their beginning, through an index of each; names by words, through the trigram index or, where the words
say too little, among the newest dossiers. Each way looks at a bounded number of dossiers, however many there are: who says
little may miss somebody, and who gives a whole number does not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Connection,
    Integer,
    Select,
    Text,
    any_,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
    text,
    true,
)

from app.store.database import like_pattern
from app.store.dossiers import Dossier, DossierContents
from app.store.procedures import Procedure

LEAST_OF_A_NUMBER = 4
"""Characters of an identity or telephone number from which on it is looked up."""
LEAST_OF_A_WORD = 3
"""Letters that a trigram index needs."""
MOST_FOUND = 500
"""Dossiers that each way of looking answers."""
MOST_WALKED = 5000
"""Newest dossiers of an agency that are looked at where no index helps."""
_SIGNS = re.compile(r"[^0-9A-Za-z]")


@dataclass(frozen=True, slots=True)
class EarlierApplicant:
    """One person: her data in the newest of her dossiers that were found, and how many these are."""

    applicant: dict[str, Any]
    code: str
    received_at: datetime
    dossiers: int


def find_applicants(
    connection: Connection, agency_ids: Sequence[int], words: str, limit: int = 10
) -> list[EarlierApplicant]:
    """At most `limit` persons whose dossiers these agencies received, newest dossier first.

    `words`: of the name, with or without diacritics; those with a digit are one identity or telephone number or its beginning.
    Same identity number, else same name and telephone number, is the same person.
    """
    names = [word for word in words.split() if not _has_digit(word)]
    number = _SIGNS.sub("", "".join(word for word in words.split() if _has_digit(word))).upper()
    if not agency_ids or not (names or number) or 0 < len(number) < LEAST_OF_A_NUMBER:
        return []
    if number:
        ids = _with_number(connection, number, "+84" in words)
    else:
        ids = _with_names(connection, names, agency_ids)
    query = _THEIRS
    values: dict[str, Any] = {"ids": ids, "agencies": list(agency_ids)}
    for place, word in enumerate(names):
        query = query.where(
            func.motcua_fold(DossierContents.applicant_name).like(
                func.motcua_fold(bindparam(f"word_{place}", type_=Text))
            )
        )
        values[f"word_{place}"] = like_pattern(word)
    return _persons(connection.execute(query, values), limit)


_THEIRS: Select[Any] = (
    select(Dossier.code, Dossier.received_at, DossierContents.applicant)
    .join(DossierContents, DossierContents.dossier_id == Dossier.id)
    .where(
        Dossier.id == any_(cast(bindparam("ids"), ARRAY(BigInteger))),
        Dossier.agency_id == any_(cast(bindparam("agencies"), ARRAY(BigInteger))),
    )
    .order_by(Dossier.id.desc())
)
# The number itself first and newest first, because a person who files for others has thousands of dossiers; then those that
# begin with it. A range instead of LIKE: with
# that the index is used whatever the plan is made for.
_WITH_NUMBER = text(
    " UNION ALL ".join(
        f"""
        (SELECT dossier_id FROM dossier_contents WHERE {key} = :{name} ORDER BY dossier_id DESC LIMIT :most)
        UNION ALL
        (SELECT dossier_id FROM dossier_contents WHERE {key} ~>~ :{name} AND {key} ~<~ :{name}_end LIMIT :most)
        """  # noqa: S608 - from the table below
        for name, key in (
            ("id_number", "motcua_number(applicant ->> 'id_number')"),
            ("phone", "motcua_phone(applicant ->> 'phone')"),
        )
    )
)


def _has_digit(word: str) -> bool:
    return any(char.isascii() and char.isdigit() for char in word)


def _with_number(connection: Connection, number: str, international: bool) -> list[int]:
    phone = "0" + number[2:] if international and number.startswith("84") else number
    values = {
        "id_number": number,
        "id_number_end": _end(number),
        "phone": phone,
        "phone_end": _end(phone),
        "most": MOST_FOUND,
    }
    return list(dict.fromkeys(connection.execute(_WITH_NUMBER, values).scalars()))


def _end(beginning: str) -> str:
    """The first text after all that begin so; letters and digits of ASCII only."""
    return beginning[:-1] + chr(ord(beginning[-1]) + 1)


def _with_names(connection: Connection, names: Sequence[str], agency_ids: Sequence[int]) -> list[int]:
    matching = [DossierContents.search.like(func.motcua_fold(like_pattern(word))) for word in names]
    if any(len(word) >= LEAST_OF_A_WORD for word in names):
        few = select(DossierContents.dossier_id).where(*matching).limit(MOST_FOUND + 1)
        found = list(connection.execute(few).scalars())
        if len(found) <= MOST_FOUND:
            return found
    asked = func.unnest(cast(list(agency_ids), ARRAY(BigInteger))).table_valued(column("id", BigInteger))
    newest = (
        select(Dossier.id)
        .where(Dossier.agency_id == literal_column("asked.id"))
        .order_by(Dossier.id.desc())
        .limit(MOST_WALKED)
        .lateral("newest")
    )
    # OFFSET 0: look each of the newest up instead of searching all dossiers first.
    theirs = (
        select(DossierContents.dossier_id)
        .where(DossierContents.dossier_id == newest.c.id, *matching)
        .offset(0)
        .lateral("theirs")
    )
    walk = (
        select(theirs.c.dossier_id)
        .select_from(asked.render_derived(name="asked").join(newest, true()).join(theirs, true()))
        .limit(bindparam("most", type_=Integer))
    )
    return list(connection.execute(walk, {"most": MOST_FOUND}).scalars())


def _persons(rows: Any, limit: int) -> list[EarlierApplicant]:
    newest: dict[tuple[str, ...], tuple[str, datetime, dict[str, Any]]] = {}
    dossiers: dict[tuple[str, ...], int] = {}
    for code, received_at, applicant in rows:
        person = _person(applicant)
        newest.setdefault(person, (code, received_at, applicant))
        dossiers[person] = dossiers.get(person, 0) + 1
    return [
        EarlierApplicant(applicant, code, received_at, dossiers[person])
        for person, (code, received_at, applicant) in list(newest.items())[:limit]
    ]


def _person(applicant: dict[str, Any]) -> tuple[str, ...]:
    id_number = _SIGNS.sub("", applicant.get("id_number") or "").upper()
    if id_number:
        return (id_number,)
    return (" ".join(applicant.get("name", "").casefold().split()), re.sub(r"\D", "", applicant.get("phone") or ""))


@dataclass(frozen=True, slots=True)
class PersonsDossier:
    """A dossier of somebody who was found by name and number."""

    dossier_id: int
    code: str
    applicant_name: str
    applicant: dict[str, Any]
    procedure_name: str
    received_at: datetime


def dossiers_of_person(
    connection: Connection, agency_ids: Sequence[int], name: str, number: str, limit: int
) -> list[PersonsDossier]:
    """At most `limit` dossiers that these agencies received of whom both the name's words and the number are, newest first."""
    cleaned = _SIGNS.sub("", number).upper()
    if not agency_ids or len(cleaned) < LEAST_OF_A_NUMBER:
        return []
    ids = _with_number(connection, cleaned, "+84" in number)
    query = (
        select(
            Dossier.id,
            Dossier.code,
            DossierContents.applicant_name,
            DossierContents.applicant,
            Procedure.name,
            Dossier.received_at,
        )
        .join(DossierContents, DossierContents.dossier_id == Dossier.id)
        .join(Procedure, Procedure.id == Dossier.procedure_id)
        .where(
            Dossier.id == any_(cast(list(ids), ARRAY(BigInteger))),
            Dossier.agency_id == any_(cast(list(agency_ids), ARRAY(BigInteger))),
            *(
                func.motcua_fold(DossierContents.applicant_name).like(func.motcua_fold(like_pattern(word)))
                for word in name.split()
            ),
        )
        .order_by(Dossier.id.desc())
        .limit(limit)
    )
    return [PersonsDossier(*row) for row in connection.execute(query)]
