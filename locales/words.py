"""Words of the domain that templates print from codes."""

from locales.catalogue import N_

LANGUAGES = {"fa_AF": N_("Dari"), "ps": N_("Pashto"), "en": N_("English"), "fr": N_("French")}

ROLES = {
    "applicant": N_("applicant"),
    "sponsor": N_("private sponsor"),
    "partner": N_("organisation"),
    "other": N_("somebody else"),
    "agent": N_("agent"),
    "editor": N_("editor"),
    "approver": N_("approver"),
    "lead": N_("lead"),
    "admin": N_("administrator"),
}

PUBLISHED = {
    "pakistan": N_("see canada.ca"),
    "tajikistan": N_("see canada.ca"),
    "elsewhere": N_("see canada.ca"),
    "ircc": N_("see canada.ca, web form of IRCC"),
    "resettlement_centre": N_("see canada.ca, Resettlement Operations Centre in Ottawa (ROC-O)"),
    "unhcr": N_("see help.unhcr.org"),
    "iom": N_("see canada.ca, IOM"),
    "fraud": N_("see canada.ca, immigration fraud"),
}
"""The contacts that texts may name, and where each is published: said while the operator has set none."""

GROUPS = {
    "host": N_("Pakistan, Tajikistan, safety"),
    "status": N_("Waiting and status"),
    "programmes": N_("Programmes"),
    "sponsoring": N_("Sponsoring"),
    "interview": N_("Interview and medical"),
    "documents": N_("Documents"),
    "changes": N_("Changes in the family"),
    "travel": N_("Journey to Canada"),
    "arrival": N_("After arrival"),
    "privacy": N_("Privacy and fraud"),
    "partners": N_("Organisations and figures"),
    "bot": N_("This service"),
}
"""The subjects of the menu, in its order."""

STANDINGS = {
    "proposed": N_("waits for approval"),
    "draft": N_("not approved"),
    "due": N_("due for review"),
    "approved": N_("approved"),
}
"""How a text of the knowledge stands."""

STATES = {
    "open": N_("waiting"),
    "taken": N_("being read"),
    "answered": N_("answered"),
    "closed": N_("closed"),
}
"""The states of a request."""
