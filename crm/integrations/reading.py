"""What a program sent: JSON in UTF-8, one object, of a size that people have use for."""

import json
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, UnreadablePostError
from django.utils.translation import gettext as _

from crm.integrations.problems import Problem, malformed

LARGEST_BODY = 256 * 1024
MEDIA_TYPE = "application/json"
MOST_DIGITS = 400
WITH_BODY = {"POST", "PATCH"}


def read_json(request: HttpRequest) -> dict[str, Any]:
    """The object that was sent; a Problem for everything else."""
    if request.content_type != MEDIA_TYPE or not _is_utf8(request):
        raise Problem(415, "not-json", _("Send JSON in UTF-8: “Content-Type: application/json”."))
    text = _text_of(request)
    try:
        found = json.loads(
            text, object_pairs_hook=_once_each, parse_constant=_no_number, parse_int=_whole_number
        )
        text_again = json.dumps(found, ensure_ascii=False)
        text_again.encode()  # half a character, written as an escape, can be stored nowhere
    except RecursionError:
        raise malformed(_("This is nested too deeply.")) from None
    except UnicodeEncodeError:
        raise malformed(_("There is half a character in it.")) from None
    except json.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno}
        raise malformed(_("No JSON: line %(line)s, column %(column)s.") % place) from None
    except ValueError as error:
        raise malformed(str(error)) from None
    if not isinstance(found, dict):
        raise malformed(_("A JSON object is expected: {…}."))
    return found


def _is_utf8(request: HttpRequest) -> bool:
    charset = (request.content_params or {}).get("charset", "utf-8")
    return charset.strip("\"' ").lower() in ("utf-8", "utf8")


def _text_of(request: HttpRequest) -> str:
    if not request.META.get("CONTENT_LENGTH"):
        raise Problem(411, "no-length", _("Say how long it is: “Content-Length”."))
    sizes = {"size": LARGEST_BODY // 1024}
    too_large = Problem(413, "too-large", _("At most %(size)s KB in one request.") % sizes)
    try:
        if int(request.META["CONTENT_LENGTH"]) > LARGEST_BODY:
            raise too_large
        body = request.body
    except RequestDataTooBig:
        raise too_large from None
    except (ValueError, UnreadablePostError):
        raise malformed(_("The content broke off.")) from None
    if len(body) > LARGEST_BODY:
        raise too_large
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise malformed(_("This is not UTF-8.")) from None


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(_("A name stands twice in one object."))
    return found


def _no_number(word: str) -> Any:
    raise ValueError(_("%(word)s is no number.") % {"word": word})


def _whole_number(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise ValueError(_("A number has too many digits."))
    return int(digits)
