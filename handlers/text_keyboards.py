"""The keyboards of those who write and approve the texts; see handlers/keyboards.py."""

from collections.abc import Callable

from handlers.buttons import ALL_TEXTS, Button, Rows, Values, plain
from locales import NAMES
from locales.catalogue import N_
from locales.words import GROUPS

TEXT_SIGNS = {"proposed": "🕓", "draft": "✏️", "due": "⚠️", "approved": "✅"}
"""How a text stands, as small as a button."""


def _text(values: Values) -> str:
    """Which text the data of a button means."""
    return f"{values['locale']}:{values['topic']}"


def _staff_texts(values: Values) -> Rows:
    return [[plain(NAMES[item["locale"]], f"xl:{item['locale']}")] for item in values["languages"]]


def _staff_texts_language(values: Values) -> Rows:
    groups = [item["group"] for item in values["groups"]]
    rows = [[Button(GROUPS[group], f"xg:{values['locale']}:{group}")] for group in groups]
    return [*rows, [Button(N_("Back"), "xs")]]


def _staff_texts_subject(values: Values) -> Rows:
    rows = [
        [plain(f"{TEXT_SIGNS[text['standing']]} {text['title']}", f"xt:{values['locale']}:{text['topic']}")]
        for text in values["texts"]
    ]
    return [*rows, [Button(N_("Back"), f"xl:{values['locale']}")]]


def _staff_text(values: Values) -> Rows:
    text, rows = _text(values), []
    if values["revision"]:
        revision = values["revision"]
        rows.append([Button(N_("Approve"), f"xa:{revision}"), Button(N_("Return"), f"xr:{revision}")])
    if values["mark"]:
        rows.append([Button(N_("Propose these words"), f"xp:{text}:{values['mark']}")])
    rows.append([Button(N_("Write other words"), f"xw:{text}")])
    if values["differs"]:
        rows.append([Button(N_("Show the shipped words"), f"xf:{text}")])
    if values["approved"]:
        rows.append([Button(N_("Stop sending it"), f"xz:{values['approved']}")])
    back = f"xt:{text}" if values["shipped"] else f"xg:{values['locale']}:{values['group']}"
    return [*rows, [Button(N_("Back"), back)]]


def _staff_text_preview(values: Values) -> Rows:
    text = _text(values)
    return [
        [Button(N_("Propose"), f"xn:{values['mark']}")],
        [Button(N_("Write it again"), f"xw:{text}"), Button(N_("Do not propose"), f"xt:{text}")],
    ]


def _staff_text_dropped(values: Values) -> Rows:
    return [[Button(N_("Do not propose"), f"xt:{_text(values)}")]]


def _open_text(values: Values) -> Rows:
    return [[Button(N_("Open it"), f"xt:{_text(values)}")]]


def _staff_text_missing(values: Values) -> Rows:
    return _open_text(values) if values["may_open"] else []


TEXTS: dict[str, Callable[[Values], Rows]] = {
    "staff_texts": _staff_texts,
    "staff_texts_language": _staff_texts_language,
    "staff_texts_subject": _staff_texts_subject,
    "staff_text": _staff_text,
    "staff_text_write": _staff_text_dropped,
    "staff_text_fault": _staff_text_dropped,
    "staff_text_preview": _staff_text_preview,
    "staff_text_proposed": _open_text,
    "staff_text_new": _open_text,
    "staff_text_why": _open_text,
    "staff_text_returned": _open_text,
    "staff_text_decided": _open_text,
    "staff_text_missing": _staff_text_missing,
    "staff_text_refused": lambda _: [[ALL_TEXTS]],
}
"""By template."""
