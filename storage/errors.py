"""What can go wrong in storage, in the words of its callers.

StorageError
├── DatabaseUnavailable  the database cannot be opened or written
├── DatabaseInUse        another process works on this file
├── ClaimLost            another worker has taken over this chat
├── SchemaTooNew         the database was written by a newer version of the code
├── BackupRefused        a backup cannot be written to this file, or restored into this database
├── BackupDamaged        a file is no backup, or not as it was written
├── MasterKeyMissing     there is data, but not the key that opens it
├── MasterKeyInvalid     the key's text is not a key
├── MasterKeyWrong       the key is that of another database, or one that is still needed was left out
└── Sealed               a sealed value does not open with this key
"""


class StorageError(Exception):
    """The base of all errors that storage raises on purpose; its text can be shown to an operator."""


class DatabaseUnavailable(StorageError):
    """The database cannot be opened or written."""


class DatabaseInUse(StorageError):
    """Another process works the queues of this database file."""


class ClaimLost(StorageError):
    """The worker was taken for dead meanwhile and its chats went to another: what it did must not count."""


class SchemaTooNew(StorageError):
    """The database was migrated by a newer Hamrah than this one. Install that one."""


class BackupRefused(StorageError):
    """The backup cannot be written to this file, or restored into this database."""


class BackupDamaged(StorageError):
    """The file is no backup, or not as it was written."""


class MasterKeyMissing(StorageError):
    """The database holds data, but the master key that opens it is not where the settings say."""


class MasterKeyInvalid(StorageError):
    """The master key is not 32 bytes in URL-safe base64."""


class MasterKeyWrong(StorageError):
    """The master key is not the one that this database was made with, or one still needed is not given."""


class Sealed(StorageError):
    """A sealed value did not open: wrong key, wrong place, or changed bytes."""
