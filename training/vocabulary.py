"""Cuts the model's vocabulary of a hundred languages down to what people write to us."""

import unicodedata
from collections import Counter
from collections.abc import Iterable

import sentencepiece
import wordfreq
from sentencepiece import sentencepiece_model_pb2

from training.origin import Array, Origin

SPECIAL = 4
"""The first pieces, <s> <pad> </s> <unk>, keep their places."""

COMMON = 40_000
"""Words of English and French whose pieces are kept; of Dari, Pashto and Urdu all pieces are."""


def choose(origin: Origin, texts: Iterable[str], size: int) -> list[int]:
    """Return the numbers of the pieces to keep: every Arabic one, then the most used, ``size`` at most."""
    whole = processor(origin.pieces, origin.scores)
    used = Counter[int]()
    for locale in ("en", "fr"):
        for word in wordfreq.top_n_list(locale, COMMON):
            share = wordfreq.word_frequency(word, locale)
            for form in {word, _bare(word)}:
                used.update(dict.fromkeys(whole.encode(form), share))
    for text in texts:
        used.update(dict.fromkeys(whole.encode(text), 1e-4))  # an example counts like a common word
    kept = [n for n, piece in enumerate(origin.pieces) if n < SPECIAL or _arabic(piece)]
    kept += [n for n, piece in enumerate(origin.pieces) if len(piece) == 1 and _ours(piece)]
    kept += [n for n, _ in used.most_common()]
    return sorted(list(dict.fromkeys(kept))[:size])


def processor(pieces: list[str], scores: Array) -> sentencepiece.SentencePieceProcessor:
    """Return a tokeniser for these pieces."""
    return sentencepiece.SentencePieceProcessor(model_proto=model(pieces, scores))


def model(pieces: list[str], scores: Array) -> bytes:
    """Return the file of a SentencePiece model: unigrams, text taken as it comes."""
    kind = sentencepiece_model_pb2.ModelProto.SentencePiece
    proto = sentencepiece_model_pb2.ModelProto()
    for number, (piece, score) in enumerate(zip(pieces, scores, strict=True)):
        type_ = kind.NORMAL if number >= SPECIAL and piece != "<mask>" else kind.CONTROL
        proto.pieces.add(piece=piece, score=float(score), type=kind.UNKNOWN if piece == "<unk>" else type_)
    proto.trainer_spec.model_type = proto.trainer_spec.UNIGRAM
    proto.trainer_spec.bos_id, proto.trainer_spec.pad_id = 0, 1
    proto.trainer_spec.eos_id, proto.trainer_spec.unk_id = 2, 3
    proto.normalizer_spec.name = "identity"
    return bytes(proto.SerializeToString())


def _bare(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))


def _arabic(piece: str) -> bool:
    return any("\u0600" <= c <= "\u06ff" for c in piece)


def _ours(piece: str) -> bool:
    return piece.isascii() or piece in "àâçèéêëîïôùûüÿœæ’‘“”«»…–—₽€£▁"
