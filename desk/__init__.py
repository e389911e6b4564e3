"""What the service can do, without Telegram and without SQL.

Each module holds its rules as pure functions on top and its use cases below. A use case works
inside the unit of work it is given and never commits; what it says, it posts there.
"""
