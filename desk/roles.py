"""The roles of the team and what they may do."""

ROLES = ("agent", "editor", "approver", "lead", "admin")

WORKING = ("agent", "lead", "admin")
"""Who works on the queue."""

EDITING = ("editor", "approver", "lead", "admin")
"""Who sees the texts of the knowledge and proposes words."""

APPROVING = ("approver", "lead", "admin")
"""Who approves words that somebody else proposed, or returns them."""

LEADING = ("lead", "admin")
"""Who decides about cases and the group, and may read every request."""
