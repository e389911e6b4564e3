"""Every keyboard of the bot: which buttons stand under which message, in what order.

A keyboard follows from a message's template and values alone, so it is made when the message is
rendered. The data of a button says what is wanted and about which row; it can be forged, so each
handler looks the row up together with its owner.
"""

from collections.abc import Callable

from desk.roles import EDITING, WORKING
from handlers.buttons import ALL_TEXTS, FEEDBACK, Button, Rows, Values, plain
from handlers.feedback_keyboards import FEEDBACKS
from handlers.text_keyboards import TEXTS
from locales import LOCALES, NAMES
from locales.catalogue import N_
from locales.words import GROUPS

ASK = Button(N_("Ask the team"), "ask")
MENU = Button(N_("Menu"), "menu")
BACK_TO_QUEUE = Button(N_("Queue"), "q")
SUBJECTS = Button(N_("Choose a subject"), "subjects")
DANGER = Button(N_("Somebody is in danger"), "danger")
MY_CASE = Button(N_("My case"), "case")
MY_REQUESTS = Button(N_("My requests"), "requests")


def _topics(topics: list[dict[str, str]]) -> Rows:
    return [[plain(topic["title"], f"topic:{topic['topic']}")] for topic in topics]


def _languages(_: Values) -> Rows:
    return [[plain(NAMES[locale], f"lang:{locale}")] for locale in LOCALES]


def _roles(_: Values) -> Rows:
    return [
        [Button(N_("I am an applicant"), "role:applicant")],
        [Button(N_("I am a private sponsor"), "role:sponsor")],
        [Button(N_("I write for an organisation"), "role:partner")],
        [Button(N_("Somebody else"), "role:other")],
    ]


def _menu(_: Values) -> Rows:
    return [
        [DANGER],
        [MY_CASE, Button(N_("News"), "updates")],
        [SUBJECTS],
        [ASK],
        [MY_REQUESTS],
        [Button(N_("Language"), "language"), Button(N_("Privacy"), "privacy")],
        [Button(N_("About this service"), "about")],
    ]


def _back_to_menu(_: Values) -> Rows:
    return [[MENU]]


def _ask_or_menu(_: Values) -> Rows:
    return [[ASK], [MENU]]


def _subjects(values: Values) -> Rows:
    groups = [[Button(GROUPS[group], f"subject:{group}")] for group in values["groups"]]
    return [[DANGER], *groups, [MENU]]


def _subject(values: Values) -> Rows:
    return [*_topics(values["topics"]), [SUBJECTS], [MENU]]


def _answer(values: Values) -> Rows:
    answer, rows = values["answer"], Rows()
    if values["listen"]:
        # The one place where a symbol helps: for people who do not read well.
        rows.append([Button(N_("🔊 Listen"), f"listen:{answer}")])
    if values["more"]:
        rows.append([Button(N_("Read more"), f"more:{answer}")])
    if values["also"]:
        rows += _picks({"answer": answer, "topics": [values["also"]]})
    return [
        *rows,
        [Button(N_("This helped"), f"helped:{answer}"), Button(N_("It did not help"), f"nothelped:{answer}")],
        [Button(N_("Ask the team"), f"askfrom:{answer}")],
        *_topics(values["next"]),
    ]


def _picks(values: Values) -> Rows:
    """Topics to choose from, each with the question that led to them."""
    answer = values["answer"]
    return [[plain(topic["title"], f"pick:{answer}:{topic['topic']}")] for topic in values["topics"]]


def _suggest(values: Values) -> Rows:
    return [*_picks(values), [Button(N_("None of these: ask the team"), f"askfrom:{values['answer']}")]]


def _not_understood(values: Values) -> Rows:
    return [[SUBJECTS], [Button(N_("Send it to the team"), f"askfrom:{values['answer']}")]]


def _no_approved_answer(values: Values) -> Rows:
    return [[Button(N_("Ask the team"), f"askfrom:{values['answer']}")], [MENU]]


def _danger_list(values: Values) -> Rows:
    return [*_topics(values["topics"]), [MENU]]


def _more(values: Values) -> Rows:
    return [[Button(N_("Ask the team"), f"askfrom:{values['answer']}")], [MENU]]


def _not_helped(values: Values) -> Rows:
    """The first time what stands near; the second time in a row the team before all else."""
    team = [Button(N_("Ask the team"), f"askfrom:{values['answer']}")]
    near = _picks(values)
    return [team, *near, [SUBJECTS]] if values["again"] else [*near, team, [SUBJECTS]]


def _own_ticket(values: Values) -> Rows:
    return [[Button(N_("Add something"), f"reqadd:{values['ticket']}")], [MY_REQUESTS]]


def _ticket_reply(values: Values) -> Rows:
    if values.get("files"):
        return [[Button(N_("Read it"), f"reqread:{values['ticket']}")]]
    return [[Button(N_("Read it"), f"req:{values['ticket']}")]]


def _file_ask(values: Values) -> Rows:
    return [
        [Button(N_("Yes, give it to the team"), f"fileyes:{values['offer']}")],
        [Button(N_("No, do not give it"), f"fileno:{values['offer']}")],
    ]


def _ticket_view(values: Values) -> Rows:
    ticket = values["ticket"]
    if values["case_link"]:
        return [[MY_REQUESTS]]
    files = [[Button(N_("Show the files"), f"reqfiles:{ticket}")]] if values["files"] else []
    if values["state"] == "closed":
        return [*files, [Button(N_("Open it again"), f"reqreopen:{ticket}")], [MY_REQUESTS]]
    write = N_("Answer the team") if values["state"] == "answered" else N_("Add something")
    return [
        *files,
        [Button(write, f"reqadd:{ticket}")],
        [Button(N_("It is settled: close"), f"reqclose:{ticket}")],
        [MY_REQUESTS],
    ]


def _closed(values: Values) -> Rows:
    return [[Button(N_("Open it again"), f"reqreopen:{values['ticket']}")], [MY_REQUESTS]]


def _requests(values: Values) -> Rows:
    rows = [[plain(request["number"], f"req:{request['ticket']}")] for request in values["requests"]]
    return [*rows, [ASK], [MENU]]


def _case_none(_: Values) -> Rows:
    return [[Button(N_("Link my case"), "link")], [MENU]]


def _case_other_role(_: Values) -> Rows:
    return [[Button(N_("I am an applicant"), "role:applicant")], [ASK], [MENU]]


def _case_show(_: Values) -> Rows:
    return [[Button(N_("Show it"), "showcase")]]


def _case_card(_: Values) -> Rows:
    return [[Button(N_("Hide it"), "case")], [ASK], [Button(N_("Stop showing it here"), "unlink")]]


def _unlink_ask(_: Values) -> Rows:
    return [[Button(N_("Yes, stop showing it"), "unlinkyes")], [Button(N_("No, keep it"), "case")]]


def _proof_refused(_: Values) -> Rows:
    return [[Button(N_("Try again"), "link")], [ASK]]


def _link_asked(values: Values) -> Rows:
    return [
        [Button(N_("No, I do not know who it is"), f"linkno:{values['link']}")],
        [Button(N_("Yes, this account may see it"), f"linkyes:{values['link']}")],
    ]


def _updates(values: Values) -> Rows:
    return [*[[plain(item["title"], f"news:{item['id']}")] for item in values["items"]], [MENU]]


def _update(_: Values) -> Rows:
    return [[ASK], [Button(N_("All news"), "updates")], [MENU]]


def _privacy(_: Values) -> Rows:
    return [[Button(N_("Erase everything about me"), "forget")], [MENU]]


def _forget_ask(_: Values) -> Rows:
    return [[Button(N_("Yes, erase everything"), "forgetyes")], [Button(N_("No, keep it"), "menu")]]


def _forwarded(values: Values) -> Rows:
    return [*_picks(values), [Button(N_("Ask the team"), f"askfrom:{values['answer']}")], [MENU]]


def _queue(values: Values) -> Rows:
    rows = [[Button(N_("Take next"), "qnext")]] if values["waiting"] else []
    listed = [*values["waiting"], *values["mine"]]
    return [*rows, *[[plain(item["number"], f"qt:{item['ticket']}")] for item in listed]]


def _staff_ticket(values: Values) -> Rows:
    ticket, rows = values["ticket"], []
    if values["held"]:
        rows = [
            [Button(N_("Reply"), f"qreply:{ticket}"), Button(N_("Note"), f"qnote:{ticket}")],
            [Button(N_("Resolve"), f"qresolve:{ticket}"), Button(N_("Put back"), f"qrelease:{ticket}")],
        ]
    elif values["may_take"]:
        rows = [[Button(N_("Take it"), f"qtake:{ticket}")]]
        if values["state"] != "open":
            # A colleague holds it, and this is a lead.
            rows.append([Button(N_("Put back"), f"qrelease:{ticket}")])
    if values["may_decide"]:
        rows += [
            [Button(N_("Allow the second account"), f"qlink:allow:{ticket}")],
            [Button(N_("Only the second account"), f"qlink:swap:{ticket}")],
            [Button(N_("Refuse it"), f"qlink:deny:{ticket}")],
        ]
    if values["files"]:
        rows = [[Button(N_("Show the files"), f"qfiles:{ticket}")], *rows]
    return [*rows, [BACK_TO_QUEUE]]


def _open_staff_ticket(values: Values) -> Rows:
    return [[Button(N_("Open it"), f"qt:{values['ticket']}"), BACK_TO_QUEUE]]


def _preview(values: Values) -> Rows:
    ticket = values["ticket"]
    return [
        [Button(N_("Send"), f"qsend:{ticket}:{values['mark']}")],
        [Button(N_("Write it again"), f"qreply:{ticket}"), Button(N_("Do not send"), f"qt:{ticket}")],
    ]


def _file_bad(values: Values) -> Rows:
    ticket = values["ticket"]
    return [[Button(N_("Write it again"), f"qreply:{ticket}"), Button(N_("Do not send"), f"qt:{ticket}")]]


def _staff_start(values: Values) -> Rows:
    role = values["role"]
    rooms = [(BACK_TO_QUEUE, WORKING), (ALL_TEXTS, EDITING), (FEEDBACK, EDITING)]
    return [[button for button, roles in rooms if role in roles]]


def _to_queue(_: Values) -> Rows:
    return [[BACK_TO_QUEUE]]


def _private_chat(_: Values) -> Rows:
    return [[Button(N_("Open the private chat"), start="group")]]


def _private_queue(_: Values) -> Rows:
    return [[Button(N_("Open the queue"), start="queue")]]


KEYBOARDS: dict[str, Callable[[Values], Rows]] = {
    # first contact and menu
    "language": _languages,
    "welcome": _roles,
    "ready": _menu,
    "menu": _menu,
    "subjects": _subjects,
    "subject": _subject,
    "about": _back_to_menu,
    # questions
    "answer": _answer,
    "also": _picks,
    "more": _more,
    "danger_list": _danger_list,
    "no_approved_answer": _no_approved_answer,
    "suggest": _suggest,
    "not_understood": _not_understood,
    "small_talk": _menu,
    "subscribe": lambda _: [[Button(N_("News"), "updates"), MY_CASE], [MENU]],
    "thanks": _back_to_menu,
    "not_helped": _not_helped,
    "forwarded": _forwarded,
    "burst": lambda _: [[MY_REQUESTS, MENU]],
    "not_shown": _ask_or_menu,
    "file_refused": lambda values: [] if values["words"] else _ask_or_menu(values),
    "only_text": lambda values: [] if values["words"] else _ask_or_menu(values),
    "empty_text": _ask_or_menu,
    # files
    "file_ask": _file_ask,
    "file_given": lambda _: [[MY_REQUESTS]],
    "file_not_taken": _ask_or_menu,
    "file_dropped": _back_to_menu,
    "file_late": _back_to_menu,
    # requests
    "ticket_opened": _own_ticket,
    "ticket_added": _own_ticket,
    "ticket_taken": lambda _: [[MY_REQUESTS]],
    "ticket_overdue": _own_ticket,
    "ticket_reopened": _own_ticket,
    "ticket_reply": _ticket_reply,
    "ticket_view": _ticket_view,
    "ticket_files": lambda values: [[Button(N_("Back to the request"), f"req:{values['ticket']}")]],
    "ticket_closed": _closed,
    "ticket_closed_by_you": _closed,
    "requests": _requests,
    # the case
    "case_none": _case_none,
    "case_other_role": _case_other_role,
    "case_ready": _case_show,
    "case_linked": _case_show,
    "case_changed": lambda _: [[MY_CASE]],
    "case_card": _case_card,
    "unlink_ask": _unlink_ask,
    "unlinked": _back_to_menu,
    "proof_refused": _proof_refused,
    "proof_locked": _ask_or_menu,
    "link_asked": _link_asked,
    # updates, privacy
    "updates": _updates,
    "updates_none": _back_to_menu,
    "update": _update,
    "privacy": _privacy,
    "forget_ask": _forget_ask,
    "cancelled": _back_to_menu,
    "unknown_button": _back_to_menu,
    "unknown_command": _back_to_menu,
    # the team
    "queue": _queue,
    "staff_welcome": _staff_start,
    "staff_hint": _staff_start,
    "staff_ticket": _staff_ticket,
    "staff_preview": _preview,
    "staff_urgent": _open_staff_ticket,
    "staff_ticket_news": _open_staff_ticket,
    "staff_overdue": _open_staff_ticket,
    "staff_file_bad": _file_bad,
    "staff_files": _open_staff_ticket,
    "staff_sent": _open_staff_ticket,
    "staff_noted": _open_staff_ticket,
    "staff_resolved": _to_queue,
    "staff_released": _to_queue,
    "staff_decided": _open_staff_ticket,
    "staff_changed": _to_queue,
    **TEXTS,
    **FEEDBACKS,
    "group_private": _private_chat,
    "group_urgent": _private_queue,
    "group_digest": _private_queue,
}
"""By template; a message whose template is not here has no buttons."""


def keyboard(template: str, values: Values) -> Rows:
    """The buttons under a message."""
    build = KEYBOARDS.get(template)
    return build(values) if build else []
