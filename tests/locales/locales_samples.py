"""Sample values of every message: one table, enough for every sentence of every template to be seen."""

from typing import Any

from locales.words import GROUPS, STANDINGS

Values = dict[str, Any]

WAITING: Values = {
    "ticket": 1,
    "number": "H-1001",
    "urgent": False,
    "place": 3,
    "wait": 259200,
    "measured": False,
}
MEASURED: Values = {**WAITING, "measured": True, "wait": 4000}
URGENT: Values = {**WAITING, "urgent": True, "place": 1, "wait": 14400}
TOPICS = [{"topic": "newborn", "title": "A child was born"}, {"topic": "detained", "title": "IRCC 2026"}]
ANSWER: Values = {
    "answer": 12,
    "title": "Somebody in Pakistan (Islamabad) 2023",
    "body": 'On {{ date("2023-10-30") }} call {{ contacts.pakistan }}: IMM 5476, 40,000 people.',
    "approved": True,
    "as_of": "2026-11-01",
    "sources": ["IRCC, news release", "UNHCR 2023"],
    "offer": True,
    "next": TOPICS,
    "follows": False,
    "also": None,
    "more": True,
    "listen": True,
}
DRAFT: Values = {
    **ANSWER,
    "approved": False,
    "as_of": None,
    "sources": [],
    "offer": False,
    "next": [],
    "more": False,
    "listen": False,
}
FOLLOWING: Values = {**ANSWER, "follows": True, "also": TOPICS[1]}
EXTRAS = {"answer", "follows", "also", "more", "listen"}
"""What only an answer with a row of its own has."""
MORE: Values = {key: ANSWER[key] for key in ("answer", "title", "body", "approved", "as_of")}
MESSAGES = [
    {"author": "person", "at": "2026-11-20", "body": "G000012345 & my visa", "files": 0},
    {"author": "staff", "at": "2026-11-21", "body": "Please call +93 700 000 000.", "files": 2},
    {"author": "note", "at": "2026-11-21", "body": "Called at 9:30.", "files": 0},
    {"author": "person", "at": "2026-11-21", "body": "", "files": 1},
    {"author": "person", "at": "2026-11-21", "body": None, "files": 0},
]
OWN = {"ticket": 1, "number": "H-1001", "opened": "2026-11-01", "state": "open", "urgent": False, "place": 2}
BRIEF: Values = {
    "ticket": 1,
    "number": "H-1001",
    "urgent": False,
    "asked": "fa_AF",
    "role": "applicant",
    "state": "open",
    "title": "Passport 2026",
    "waited": 7200.0,
}
FIGURES: Values = {
    "locale": "ps",
    "answered": 1200,
    "asked_back": 40,
    "handed_over": 3,
    "helped": 20,
    "unhelpful": 5,
    "failing": [{"title": "Passport 2026", "unhelpful": 3, "judged": 4}],
    "chosen": [{"title": "A child was born", "number": 7}],
}
STAFF_TICKET: Values = {
    **BRIEF,
    "assignee": None,
    "held": False,
    "may_take": True,
    "shown": ["Visa 2026", "Passport"],
    "case_link": False,
    "may_decide": False,
    "files": 3,
    "messages": MESSAGES,
}
HELD: Values = {**STAFF_TICKET, "state": "taken", "assignee": "Farid", "held": True, "may_take": False}
LEFT_LYING: Values = {**HELD, "held": False, "may_take": True}
CLOSED: Values = {
    **STAFF_TICKET,
    "state": "closed",
    "may_take": False,
    "waited": None,
    "files": 0,
    "shown": [],
}
DECISION: Values = {**STAFF_TICKET, "case_link": True, "may_decide": True, "urgent": True, "role": None}
CASE: Values = {
    "number": "G000012345",
    "stage": "Security (CSIS) 2",
    "explained": True,
    "meaning": "Checks by IRCC.",
    "next": "A letter (1 page).",
    "actor": "ROC-O in Ottawa",
    "since": "2026-03-17",
    "as_of": "2026-11-01",
    "office": "Islamabad",
    "stream": "Private sponsorship (Group of Five)",
}
NEWS: Values = {
    "title": "News 1",
    "day": "2023-10-30",
    "body": 'On {{ date("2023-10-30") }}: 40,000 people.',
    "source": "IRCC",
    "approved": True,
}
OF_TEXT: Values = {"topic": "newborn", "locale": "fa_AF", "title": "A child 2026"}
TEXT: Values = {
    **OF_TEXT,
    "group": "changes",
    "standing": "draft",
    "shipped": False,
    "revision": None,
    "approved": 3,
    "mark": "0123456789ab",
    "differs": False,
    "body": ANSWER["body"],
    "sponsor": "Tell {{ contacts.ircc }}.",
    "more": "More (IRCC 2026).",
    "version": 2,
    "facts": [{"statement": "40,000 people.", "source": "IRCC", "as_of": "2023-10-30"}],
    "as_of": "2026-11-01",
    "review_by": "2027-05-21",
    "stale": False,
}
NOTHING_DONE: Values = {"locale": "en", "proposed": 0, "draft": 28, "due": 0, "approved": 0}
NUMBERED: Values = {"ticket": 1, "number": "H-1001"}
PREVIEW: Values = {**NUMBERED, "mark": "0123456789ab", "files": False}
ALBUMS: Values = {**NUMBERED, "albums": [[1, 2], [3]], "protect": True}

SAMPLES: dict[str, list[Values]] = {
    "about": [{}],
    "also": [{"answer": 12, "topics": TOPICS[:1], "urgent": False}],
    "answer": [ANSWER, DRAFT, FOLLOWING],
    "ask_write": [{}],
    "burst": [{"number": "H-1001"}],
    "cancelled": [{}],
    "case_birth": [{}],
    "case_birth_bad": [{}],
    "case_card": [{"cases": [CASE, {**CASE, "number": "G000067890", "explained": False}]}],
    "case_changed": [{}],
    "case_linked": [{}],
    "case_name": [{}],
    "case_name_bad": [{}],
    "case_none": [{}],
    "case_number": [{}],
    "case_number_bad": [{}],
    "case_other_role": [{}],
    "case_ready": [{}],
    "danger": [{key: fields[key] for key in fields.keys() - EXTRAS} for fields in (ANSWER, DRAFT)],
    "danger_contacts": [{}],
    "danger_list": [{"topics": TOPICS}],
    "edited": [{}],
    "empty_text": [{}],
    "failed": [{}],
    "file_ask": [
        {"offer": 7, "earlier": earlier, "words": words}
        for earlier in (False, True)
        for words in (False, True)
    ],
    "file_dropped": [{}],
    "file_given": [
        {"count": 2, "missing": 0, "strange": 0, "write": False},
        {"count": 1, "missing": 1, "strange": 2, "write": True},
    ],
    "file_late": [{}],
    "file_not_taken": [
        {"missing": 1, "strange": 0, "full": False},
        {"missing": 0, "strange": 1, "full": False},
        {"missing": 0, "strange": 0, "full": True},
    ],
    "file_refused": [
        {"reason": reason, "limit": 10, "words": words, "reply": reply}
        for reason in ("kind", "size", "many")
        for words in (False, True)
        for reply in (False, True)
    ],
    "forget_ask": [{}],
    "forgotten": [{}],
    "forwarded": [{"answer": 12, "topics": TOPICS}],
    "group_adopted": [{}],
    "group_digest": [
        {
            "counts": [{"language": "fa_AF", "number": 12}, {"language": "en", "number": 1}],
            "urgent": 2,
            "oldest": 90000,
        }
    ],
    "group_hello": [{}],
    "group_left": [{}],
    "group_private": [{}],
    "group_urgent": [{"number": "H-1001", "language": "ps"}],
    "handed_over": [{}],
    "language": [{}],
    "link_allowed": [{}],
    "link_asked": [{"link": 3}],
    "link_denied": [{}],
    "listen": [{"recording": None}],
    "menu": [{"staff": False}, {"staff": True}],
    "no_approved_answer": [{"answer": 12}],
    "more": [MORE, {**MORE, "approved": False, "as_of": None}],
    "not_helped": [{"answer": 12, "topics": TOPICS, "again": again} for again in (False, True)],
    "not_shown": [{}],
    "not_understood": [{"answer": 12}],
    "only_text": [
        {"kind": kind, "words": words} for kind in ("location", "contact", "other") for words in (False, True)
    ],
    "privacy": [{}],
    "proof_locked": [{}],
    "proof_refused": [{}],
    "proof_wait": [{}],
    "queue": [
        {
            "waiting": [BRIEF, {**BRIEF, "urgent": True, "role": None}],
            "more": 3,
            "mine": [BRIEF, {**BRIEF, "waited": None}],
        },
        {"waiting": [], "more": 0, "mine": []},
    ],
    "ready": [{}],
    "requests": [
        {"requests": [OWN, {**OWN, "state": "closed", "place": None, "urgent": True}]},
        {"requests": []},
    ],
    "small_talk": [{}],
    "subscribe": [{}],
    "staff_changed": [{}],
    "staff_decided": [{**NUMBERED, "verdict": verdict} for verdict in ("allow", "deny", "swap")],
    "staff_engine": [{"whole": False}, {"whole": True}],
    "staff_file_alone": [{}],
    "staff_file_bad": [{"ticket": 1}],
    "staff_files": [ALBUMS],
    "staff_hint": [{"role": "agent"}, {"role": "editor"}, {"role": "lead"}],
    "staff_invitation_bad": [{}],
    "staff_noted": [NUMBERED],
    "staff_incident": [{"kind": "telegram", "seconds": 600.0}, {"kind": "database", "seconds": 45.0}],
    "staff_overdue": [NUMBERED],
    "staff_preview": [
        {**PREVIEW, "text": "Bonjour, Zahra 1 & 2.", "written": "fr", "asked": "fa_AF"},
        {**PREVIEW, "text": "سلام", "written": "fa_AF", "asked": "fa_AF", "files": True},
        {**PREVIEW, "text": "12", "written": None, "asked": "ps"},
        {**PREVIEW, "text": "", "written": None, "asked": "ps", "files": True},
    ],
    "staff_released": [NUMBERED],
    "staff_resolved": [NUMBERED],
    "staff_sent": [{**NUMBERED, "files": 0}, {**NUMBERED, "files": 2}],
    "staff_ticket": [STAFF_TICKET, HELD, LEFT_LYING, CLOSED, DECISION],
    "staff_ticket_news": [NUMBERED],
    "staff_urgent": [{**NUMBERED, "language": "fa_AF"}],
    "staff_example_fault": [
        {"reason": reason, "longest": 300} for reason in ("number", "contact", "long", "danger", "known")
    ],
    "staff_example_kept": [{"example": 5, "locale": "ps", "title": "Passport 2026"}],
    "staff_example_removed": [{}],
    "staff_example_subject": [
        {"group": 12, "locale": "ps", "subject": subject, "topics": TOPICS} for subject in ("host", "other")
    ],
    "staff_example_topic": [
        {"group": 12, "locale": "ps", "topics": TOPICS, "subjects": [*GROUPS, "other"]},
    ],
    "staff_example_write": [{"locale": "ps", "title": "Passport 2026"}],
    "staff_feedback": [
        {"languages": [FIGURES, {**FIGURES, "locale": "fr", "failing": []}], "back": False},
        {"languages": [FIGURES], "back": True},
        {"languages": [FIGURES], "back": False},
    ],
    "staff_feedback_topics": [
        {"languages": [FIGURES], "back": True},
        {"languages": [{**FIGURES, "failing": [], "chosen": []}], "back": False},
    ],
    "staff_question_gone": [{}],
    "staff_questions": [
        {
            "locale": "ps",
            "group": 12,
            "number": number,
            "groups": 7,
            "count": 3,
            "wordings": ["When is the flight?", "پرواز ۲۰۲۶ & G5?"],
        }
        for number in (0, 6)
    ]
    + [{"locale": "ps", "group": None}],
    "staff_text": [
        TEXT,
        {**TEXT, "mark": None, "revision": 7, "standing": "proposed", "differs": True, "stale": True},
        {
            **TEXT,
            "shipped": True,
            "sponsor": None,
            "more": None,
            "facts": [],
            "as_of": None,
            "review_by": None,
        },
    ],
    "staff_text_decided": [{**OF_TEXT, "reason": reason} for reason in (None, "IRCC says 2026 & not 2025.")],
    "staff_text_fault": [
        {
            **OF_TEXT,
            "faults": [
                {"rule": "long", "found": "712", "wanted": "700"},
                {"rule": "placeholder", "found": "{{ contacts.nobody }}", "wanted": ""},
                {"rule": "contact", "found": "contacts.pakistan", "wanted": ""},
                {"rule": "bare", "found": "３", "wanted": ""},
                {"rule": "iranian", "found": "پرونده", "wanted": "دوسیه"},
            ],
        }
    ],
    "staff_text_missing": [{**OF_TEXT, "may_open": True}, {**OF_TEXT, "may_open": False}],
    "staff_text_new": [OF_TEXT],
    "staff_text_preview": [{**OF_TEXT, "body": ANSWER["body"], "mark": "0123456789ab"}],
    "staff_text_proposed": [{**OF_TEXT, "told": 2}, {**OF_TEXT, "told": 0}],
    "staff_text_refused": [{"reason": reason} for reason in ("own", "language", "role", "changed")],
    "staff_text_returned": [OF_TEXT],
    "staff_text_why": [OF_TEXT],
    "staff_text_write": [{**OF_TEXT, "body": ANSWER["body"]}],
    "staff_texts": [
        {"languages": [{"locale": "ps", "proposed": 1, "draft": 20, "due": 3, "approved": 4}, NOTHING_DONE]}
    ],
    "staff_texts_language": [
        {"locale": "fa_AF", "groups": [{"group": group, "count": 4} for group in GROUPS]}
    ],
    "staff_texts_subject": [
        {
            "locale": "fa_AF",
            "group": "changes",
            "texts": [
                {**topic, "standing": standing} for topic, standing in zip(TOPICS, STANDINGS, strict=False)
            ],
        }
    ],
    "staff_welcome": [{"name": "Sarah", "role": role} for role in ("lead", "agent", "editor")],
    "staff_write_note": [{**NUMBERED, "asked": "ps"}],
    "staff_write_reply": [{**NUMBERED, "asked": "ps"}],
    "subject": [{"group": "host", "topics": TOPICS}],
    "subjects": [{"groups": list(GROUPS)}],
    "suggest": [{"answer": 12, "topics": TOPICS, "urgent": urgent} for urgent in (False, True)],
    "thanks": [{}],
    "ticket_added": [NUMBERED],
    "ticket_closed": [NUMBERED],
    "ticket_closed_by_you": [NUMBERED],
    "ticket_opened": [WAITING, MEASURED, URGENT],
    "ticket_files": [ALBUMS],
    "ticket_overdue": [WAITING, MEASURED, URGENT],
    "ticket_reopened": [WAITING, MEASURED, URGENT],
    "ticket_reply": [{**NUMBERED, "files": 0}, {**NUMBERED, "files": 2}],
    "ticket_taken": [NUMBERED],
    "ticket_view": [
        {**NUMBERED, "state": state, "case_link": state == "open", "files": 3, "messages": MESSAGES}
        for state in ("open", "taken", "answered", "closed")
    ],
    "ticket_write": [NUMBERED],
    "unknown_button": [{}],
    "unknown_command": [{}],
    "unlink_ask": [{}],
    "unlinked": [{}],
    "update": [NEWS, {**NEWS, "approved": False}],
    "updates": [{"items": [{"id": "2023-10-30-target-met", "title": "The target of 40,000"}]}],
    "updates_none": [{}],
    "welcome": [{}],
}
"""By template; a template that is not here fails its test."""

CONTACTS = {"pakistan": "+00 000 000 0001", "tajikistan": "+00 000 000 0002", "elsewhere": "+00 000 000 0003"}
OPERATORS = [
    {"name": "Example Network (invented)", "kind": kind, "privacy": "privacy@example.org"}
    for kind in ("government", "organisation", "volunteers")
]


def cases() -> list[tuple[str, Values]]:
    """Every template with each of its samples."""
    return [(template, values) for template, samples in SAMPLES.items() for values in samples]
