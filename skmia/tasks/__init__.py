"""Records of other tasks: whole users, texts to translate, speech."""

from skmia.tasks._audit_users import audit_users
from skmia.tasks._next_tokens import next_tokens
from skmia.tasks._text_answers import TextAnswers
from skmia.tasks._translation_memory import TranslationMemory
from skmia.tasks._user_level import UserLevel
from skmia.tasks._users import User, bundle

__all__ = [
    "TextAnswers",
    "TranslationMemory",
    "User",
    "UserLevel",
    "audit_users",
    "bundle",
    "next_tokens",
]
