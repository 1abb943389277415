"""The file from which `token_webhook.py` knows who has which token."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from aiokube.testing.private_file import replace_private
from aiokube.testing.users import User

__all__ = ["write_tokens"]


def write_tokens(path: Path, users: Iterable[User]) -> None:
    """Write down all users, in place of those that are there."""
    tokens = {
        hashlib.sha256(user.token.encode()).hexdigest(): {
            "username": user.name,
            "uid": user.name,
            "groups": list(user.groups),
        }
        for user in users
    }
    replace_private(path, json.dumps(tokens))
