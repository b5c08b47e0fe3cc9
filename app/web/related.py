"""Other dossiers of the same applicant, those that the caller may see."""

from __future__ import annotations

from app.access.guard import requires
from app.access.request import current_caller
from app.rules.permissions import READERS
from app.runtime import asked_at
from app.views.dossiers import dossier_detail
from app.views.related import MOST, related_of
from app.web.blueprint import page
from app.web.dossier import dossier_page


@page.get("/ho-so/<code:code>/lien-quan")
@requires(*READERS)
def related(code: str) -> str:
    """The newest of them; who files for others has more than fit here."""
    caller = current_caller()
    detail = dossier_detail(caller, code, asked_at())
    return dossier_page("related", detail, "dossier/related.html", related=related_of(caller, code), most=MOST)
