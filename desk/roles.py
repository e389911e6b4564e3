"""The roles of the team and what they may do."""

ROLES = ("agent", "editor", "approver", "lead", "admin")

WORKING = ("agent", "lead", "admin")
"""Who works on the queue."""

LEADING = ("lead", "admin")
"""Who decides about cases and the group, and may read every request."""
