"""Understands a question: which topic, which language, whether somebody is in danger.

Nothing here talks to Telegram, reads the clock or keeps what people wrote.
"""

from engine.decide import Candidate, Decision, Understanding
from engine.encoder import Encoder, EncoderError
from engine.engine import Engine
from engine.fold import fold_digits
from engine.likeness import alike

__all__ = [
    "Candidate",
    "Decision",
    "Encoder",
    "EncoderError",
    "Engine",
    "Understanding",
    "alike",
    "fold_digits",
]
