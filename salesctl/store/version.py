"""How a store says what it is."""

from __future__ import annotations

APPLICATION_ID = 0x53414C45  # "SALE": the file is ours
SCHEMA = 4  # the number of the newest migration, kept in user_version
