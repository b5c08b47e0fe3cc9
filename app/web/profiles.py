"""What the province's profile says, switch by switch; to read."""

from __future__ import annotations

from flask import render_template

from app.access.guard import requires
from app.runtime import runtime
from app.views.profiles import SEE, profile_files, profile_view
from app.web.asking import choice, words
from app.web.blueprint import page


@page.get("/quan-tri/ho-so-tinh")
@requires(*SEE)
def profiles() -> str:
    """The profile under which new dossiers are received; `?tinh=` another one."""
    own = runtime().settings.profile
    chosen = choice("tinh", profile_files()) or own
    q = words("q")
    return render_template(
        "administration/profiles.html", found=profile_view(chosen, q), q=q, own=own, names=_names(), chosen=chosen
    )


def _names() -> list[tuple[str, str]]:
    found = profile_view(runtime().settings.profile)
    return [(found["file"], found["name"]), *((one["file"], one["name"]) for one in found["others"])]
