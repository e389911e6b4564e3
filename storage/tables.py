"""All tables on one page. Columns named `…_sealed` hold ciphertext; see storage/vault.py."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from storage.types import Moment

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# A row id that counts up on both engines: SQLite only does so for INTEGER. Together with sqlite_autoincrement
# an id is never given twice, so a button or a letter in flight can never come to mean another row.
RowId = BigInteger().with_variant(Integer(), "sqlite")

inbox = Table(
    "inbox",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("chat_id", BigInteger),  # updates of one chat are handled in order; erased with the payload
    Column("payload_sealed", LargeBinary),  # erased when the update is done
    Column("received_at", Moment, nullable=False),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("not_before", Moment),  # after a failure: when to try again
    Column("done_at", Moment),
)
_waiting, _postponed = inbox.c.done_at.is_(None), inbox.c.not_before.is_not(None)
Index("ix_inbox_waiting", inbox.c.update_id, sqlite_where=_waiting, postgresql_where=_waiting)
Index("ix_inbox_chat_id", inbox.c.chat_id, sqlite_where=_waiting, postgresql_where=_waiting)
Index("ix_inbox_postponed", inbox.c.not_before, sqlite_where=_postponed, postgresql_where=_postponed)
Index("ix_inbox_done_at", inbox.c.done_at)

outbox = Table(
    "outbox",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("lane", SmallInteger, nullable=False),  # 0 replies, 1 notices, 2 broadcasts
    Column("letter_sealed", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("not_before", Moment),  # null: at once, whatever the clock says
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("pieces_sent", SmallInteger, nullable=False, server_default="0"),  # of a letter cut into several
    Index("ix_outbox_next", "lane", "id"),
    Index("ix_outbox_chat_id", "chat_id"),
    sqlite_autoincrement=True,
)
_delayed = outbox.c.not_before.is_not(None)
Index("ix_outbox_delayed", outbox.c.not_before, sqlite_where=_delayed, postgresql_where=_delayed)

workers = Table(
    "workers",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("beat", BigInteger, nullable=False, server_default="0"),  # counts up while the worker lives
    sqlite_autoincrement=True,
)

claims = Table(
    "claims",
    metadata,
    Column("queue", SmallInteger, primary_key=True, autoincrement=False),  # see storage/claims.py
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("worker_id", RowId, ForeignKey("workers.id", ondelete="CASCADE"), nullable=False),
    Index("ix_claims_worker_id", "worker_id"),
)

incidents = Table(
    "incidents",
    metadata,
    Column("kind", String(16), primary_key=True),  # telegram | database | engine (there while it lasts)
    Column("told_at", Moment, nullable=False),  # when the leads were last told
    Column("seconds", Integer, nullable=False, server_default="0"),  # how long what they were told of lasted
)

people = Table(
    "people",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("telegram_id", BigInteger, unique=True),  # null once the person is erased
    Column("key_wrapped", LargeBinary),  # null once the person is erased: their texts are lost for good
    Column("locale", String(8)),  # null until chosen
    Column("role", String(16)),  # applicant | sponsor | partner | other; null until chosen
    Column("state", String(48)),  # what the next text means, such as "case.number"; null: a question
    Column("draft_sealed", LargeBinary),  # what the dialogue has gathered so far
    Column("burst_started_at", Moment),
    Column("burst_count", SmallInteger, nullable=False, server_default="0"),
    Column("created_at", Moment, nullable=False),
    Column("blocked_at", Moment),  # the person blocked the bot
    Column("erased_at", Moment),
    sqlite_autoincrement=True,
)

staff = Table(
    "staff",
    metadata,
    Column("person_id", RowId, ForeignKey("people.id"), primary_key=True),
    Column("role", String(16), nullable=False),  # agent | editor | approver | lead | admin
    Column("languages", String(32), nullable=False),  # locales, comma separated
    Column("name_sealed", LargeBinary, nullable=False),
    Column("joined_at", Moment, nullable=False),
)

invitations = Table(
    "invitations",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("role", String(16), nullable=False),
    Column("languages", String(32), nullable=False),
    Column("name_sealed", LargeBinary, nullable=False),
    Column("expires_at", Moment, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("number_hash", LargeBinary, nullable=False, unique=True),
    Column("key_wrapped", LargeBinary, nullable=False),
    Column("proof_sealed", LargeBinary, nullable=False),  # number, birth date, family name
    Column("stage", String(24), nullable=False),
    Column("since", Date, nullable=False),
    Column("office", String(80), nullable=False),
    Column("stream", String(80), nullable=False),
    Column("as_of", Date, nullable=False),
    sqlite_autoincrement=True,
)

links = Table(
    "links",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("case_id", RowId, ForeignKey("cases.id", ondelete="CASCADE"), nullable=False),
    Column("person_id", RowId, ForeignKey("people.id"), nullable=False),
    Column("state", String(16), nullable=False),  # active | asked | refused
    Column("asked_at", Moment, nullable=False),
    Column("decided_at", Moment),
    UniqueConstraint("case_id", "person_id"),
    Index("ix_links_person_id", "person_id"),
    sqlite_autoincrement=True,
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("account_hash", LargeBinary, nullable=False),  # keyed; /forget gives no new tries
    Column("number_hash", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_attempts_account_hash_at", "account_hash", "at"),
    Index("ix_attempts_number_hash_at", "number_hash", "at"),
    Index("ix_attempts_at", "at"),
    sqlite_autoincrement=True,
)

tickets = Table(
    "tickets",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("person_id", RowId, ForeignKey("people.id"), nullable=False),
    Column("topic", String(64)),  # what the engine guessed
    Column("locale", String(8), nullable=False),  # of the question
    Column("role", String(16)),
    Column("urgent", Boolean, nullable=False),
    Column("link_id", RowId, ForeignKey("links.id", ondelete="SET NULL")),  # staff must decide on this link
    Column("state", String(16), nullable=False),  # open | taken | answered | closed
    Column("assignee_id", RowId, ForeignKey("people.id")),
    Column("opened_at", Moment, nullable=False),
    Column("waiting_since", Moment),  # null while nobody waits for the team
    Column("due_at", Moment),  # the SLA of the present wait
    Column("overdue_told_at", Moment),
    Column("called_at", Moment),  # when the team was last called to an urgent request
    Column("first_reply_at", Moment),
    Column("closed_at", Moment),
    Index("ix_tickets_person_id", "person_id"),
    Index("ix_tickets_assignee_id", "assignee_id"),
    Index("ix_tickets_link_id", "link_id"),
    Index("ix_tickets_closed_at", "closed_at"),
    Index("ix_tickets_state_urgent_waiting_since", "state", "urgent", "waiting_since"),
    Index("ix_tickets_due_at", "due_at"),
    Index("ix_tickets_first_reply_at", "first_reply_at"),
    sqlite_autoincrement=True,
)

ticket_messages = Table(
    "ticket_messages",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("ticket_id", RowId, ForeignKey("tickets.id"), nullable=False),
    Column("author", String(8), nullable=False),  # person | staff | note
    Column("author_id", RowId, ForeignKey("people.id"), nullable=False),
    Column("body_sealed", LargeBinary),  # with the key of the ticket's person; null once erased
    Column("locale", String(8)),
    Column("at", Moment, nullable=False),
    Index("ix_ticket_messages_ticket_id", "ticket_id"),
    sqlite_autoincrement=True,
)

attachments = Table(
    "attachments",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("message_id", RowId, ForeignKey("ticket_messages.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(8), nullable=False),  # photo | document | voice: how it was sent
    Column("mime", String(80), nullable=False),  # what its content is, whatever its sender says
    Column("size", Integer, nullable=False),  # bytes
    Column("name_sealed", LargeBinary, nullable=False),  # both with the key of the ticket's person
    Column("body_sealed", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_attachments_message_id", "message_id"),
    sqlite_autoincrement=True,
)

answers = Table(
    "answers",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("person_id", RowId, ForeignKey("people.id"), nullable=False),
    Column("decision", String(8), nullable=False),  # answer | suggest | unclear | handoff
    Column("topic", String(64)),  # of an answer; of topics suggested, the one that was chosen
    Column("version", Integer),  # of the answer's text
    Column("locale", String(8), nullable=False),
    Column("question_sealed", LargeBinary),  # goes along if the person asks the team
    Column("at", Moment, nullable=False),
    Column("helped", Boolean),
    Column("ticket_id", RowId, ForeignKey("tickets.id", ondelete="SET NULL")),  # where the question went
    Column("near", String(200)),  # topics the question may have meant, best first, comma separated
    Column("shown", Text),  # topics answered to the same question before, which did not help
    Column("message_id", BigInteger),  # the reply in the person's chat, once it has arrived
    Index("ix_answers_person_id", "person_id"),
    Index("ix_answers_at", "at"),
    Index("ix_answers_ticket_id", "ticket_id"),
    sqlite_autoincrement=True,
)
_worded = answers.c.question_sealed.is_not(None)
Index("ix_answers_worded", answers.c.at, sqlite_where=_worded, postgresql_where=_worded)

examples = Table(
    "examples",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("topic", String(64), nullable=False),
    Column("locale", String(8), nullable=False),
    Column("text", String(300), nullable=False),  # an editor's own words; nothing of a person is in them
    Column("added_by", RowId, ForeignKey("people.id"), nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("locale", "text"),  # a sentence stands for one topic
    sqlite_autoincrement=True,
)

revisions = Table(
    "revisions",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("topic", String(64), nullable=False),
    Column("locale", String(8), nullable=False),
    Column("version", Integer, nullable=False),  # the same words have the same one
    Column("title", String(80), nullable=False),
    Column("body", Text, nullable=False),
    Column("sponsor", Text),
    Column("more", Text),
    Column("state", String(8), nullable=False),  # proposed | approved | returned | replaced
    Column("proposed_by", RowId, ForeignKey("people.id"), nullable=False),
    Column("proposed_at", Moment, nullable=False),
    Column("decided_by", RowId, ForeignKey("people.id")),
    Column("decided_at", Moment),
    Column("review_by", Date),  # of what is approved: the last day on which it is sent
    Index("ix_revisions_topic_locale", "topic", "locale"),
    sqlite_autoincrement=True,
)
for _state in ("approved", "proposed"):  # at most one of each
    _this = revisions.c.state == _state
    Index(
        f"uq_revisions_{_state}",
        revisions.c.locale,
        revisions.c.topic,
        unique=True,
        sqlite_where=_this,
        postgresql_where=_this,
    )

missing_texts = Table(
    "missing_texts",
    metadata,
    Column("text", String(80), primary_key=True),  # topic and locale, such as "newborn/ps"
    Column("told_at", Moment, nullable=False),  # when the editors were last told that there is none to send
)

groups = Table(
    "groups",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("added_by", RowId, ForeignKey("people.id"), nullable=False),
    Column("joined_at", Moment, nullable=False),
    Column("digest_at", Moment, nullable=False),  # when the next digest is due
)

keys = Table(
    "keys",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("key_wrapped", LargeBinary, nullable=False),  # a key of the service; see storage/keys.py
)

events = Table(
    "events",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("actor_id", RowId),  # a person's row; null: the service itself
    Column("action", String(32), nullable=False),  # such as "ticket.taken"
    Column("subject_id", RowId),  # the row the action was about
    Index("ix_events_at", "at"),
    sqlite_autoincrement=True,
)
