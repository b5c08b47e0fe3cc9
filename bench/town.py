"""A province of a hundred agencies around the demonstration's: communes with the units, positions and people of its ward."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

MODEL, AGENCIES = "P.DONGHA", 100
KINDS = ("desk", "room", "leadership", "clerk")

_COMMUNES = """
    INSERT INTO agencies (code, identifier, name, level, parent_id, calendar_id, valid_from)
    SELECT 'X.' || n, '000.' || n || '.01.H50', 'Ủy ban nhân dân xã ' || n, level, parent_id, calendar_id, valid_from
      FROM agencies, generate_series((SELECT count(*) FROM agencies) + 1, %(agencies)s) n WHERE code = %(model)s
"""
_UNITS = """
    INSERT INTO units (agency_id, code, name, kind)
    SELECT a.id, u.code, u.name, u.kind
      FROM units u JOIN agencies m ON m.id = u.agency_id AND m.code = %(model)s, agencies a
     WHERE NOT EXISTS (SELECT 1 FROM units v WHERE v.agency_id = a.id)
"""
_POSITIONS = """
    INSERT INTO positions (agency_id, unit_id, code, name, head)
    SELECT w.agency_id, w.id, p.code, p.name, p.head
      FROM positions p JOIN agencies m ON m.id = p.agency_id AND m.code = %(model)s
      JOIN units u ON u.id = p.unit_id JOIN units w ON w.code = u.code
     WHERE NOT EXISTS (SELECT 1 FROM positions q WHERE q.agency_id = w.agency_id)
"""
_PEOPLE = """
    INSERT INTO accounts (username, name, password_hash, agency_id, permissions, must_change_password)
    SELECT b.username || '.' || lower(a.code), b.name, '', a.id, b.permissions, false
      FROM accounts b JOIN agencies m ON m.id = b.agency_id AND m.code = %(model)s, agencies a
     WHERE NOT EXISTS (SELECT 1 FROM accounts c WHERE c.agency_id = a.id)
"""
_HOLDERS = """
    INSERT INTO account_positions (account_id, position_id, valid_from, valid_to)
    SELECT c.id, q.id, h.valid_from, h.valid_to
      FROM account_positions h JOIN accounts b ON b.id = h.account_id JOIN positions p ON p.id = h.position_id
      JOIN agencies m ON m.id = p.agency_id AND m.code = %(model)s
      JOIN positions q ON q.code = p.code JOIN agencies a ON a.id = q.agency_id
      JOIN accounts c ON c.username = b.username || '.' || lower(a.code)
"""
_SEATS = """
    SELECT p.agency_id, u.kind, p.id, p.unit_id, array_agg(h.account_id ORDER BY h.account_id)
      FROM positions p JOIN units u ON u.id = p.unit_id JOIN account_positions h ON h.position_id = p.id
     GROUP BY p.id, u.kind ORDER BY p.id
"""


@dataclass(frozen=True, slots=True)
class Seat:
    """A position and who holds it."""

    position: int
    agency: int
    unit: int
    people: tuple[int, ...]

    @property
    def line(self) -> str:
        """Position, agency and unit as COPY reads them."""
        return f"{self.position}\t{self.agency}\t{self.unit}"


Seats = dict[str, list[Seat]]
"""The seats of an agency by kind of unit."""


def add_communes(connection: Connection[Any]) -> None:
    """Bring the number of agencies up to AGENCIES."""
    for statement in (_COMMUNES, _UNITS, _POSITIONS, _PEOPLE, _HOLDERS):
        connection.execute(statement, {"model": MODEL, "agencies": AGENCIES})


def read_seats(connection: Connection[Any]) -> dict[int, Seats]:
    """The seats of every agency that has all kinds of unit."""
    seats: dict[int, Seats] = defaultdict(lambda: defaultdict(list))
    for agency, kind, position, unit, people in connection.execute(_SEATS):
        seats[agency][kind].append(Seat(position, agency, unit, tuple(people)))
    return {agency: dict(kinds) for agency, kinds in seats.items() if kinds.keys() >= set(KINDS)}
