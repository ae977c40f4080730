"""A form in which somebody types carries a token, so that sent twice it acts once."""

import re

from django.conf import settings

FORM = re.compile(r'<form\b[^>]*method="post".*?</form>', re.DOTALL)
TYPED = re.compile(
    r"components/(?:form_fields|field)\.html|<textarea|<select|\{\{ form"
    r'|<input(?![^>]*type="(?:hidden|checkbox|radio|submit)")'
)
# Before somebody is a member of an organisation there is nobody to keep a submission for.
OUTSIDE = ("account/", "mfa/", "signin/", "operator/", "organizations/", "people/join.html")
WITHOUT = {
    "access/editor.html": "leads to the effect of the change; nothing is saved from it",
    "components/table_views.html": "drawn once for many pages; a view saved again is replaced",
    "leads/collisions/rules.html": "tries the rules; nothing is saved",
}


def typed_forms() -> dict[str, list[str]]:
    """The forms of each template in which something is typed."""
    root = settings.BASE_DIR / "templates"
    found = {}
    for path in sorted(root.rglob("*.html")):
        forms = [one for one in FORM.findall(path.read_text()) if TYPED.search(one)]
        if forms:
            found[path.relative_to(root).as_posix()] = forms
    return found


def test_typed_forms_act_once():
    bare = {
        name
        for name, forms in typed_forms().items()
        if not name.startswith(OUTSIDE) and any("{% once_token %}" not in one for one in forms)
    }
    assert bare - WITHOUT.keys() == set(), "write {% once_token %} behind {% csrf_token %}"
    assert WITHOUT.keys() - bare == set(), "these have one, or no form any more"
