"""Measures the answer engine on labelled questions, language by language.

    python -m benchmarks.answers questions.jsonl [--chosen] [--confusions]

A line of the file is an object: ``text``, ``lang`` (en, fr, fa_AF, ps), ``style``, ``topic``, ``also``
(topics that would be equally right) and ``urgent``. Rows of a topic that the knowledge does not answer count
as out of scope. The file is only measured against; its texts are never printed.
"""

import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

import click

from benchmarks.measured import memory
from bot.building import build_engine
from engine import Decision, Engine
from knowledge.library import Library


@dataclass
class Figures:
    """Counts of one language: name to (hits, rows)."""

    hits: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def add(self, name: str, hit: bool) -> None:
        """Count one row under ``name``."""
        self.rows[name] += 1
        self.hits[name] += hit


COLUMNS = (
    "accuracy@1", "accuracy@3", "answered right", "wrong answers", "urgent recall", "urgent topic",
    "false alarms", "out-of-scope", "language", "locale wrong",
)  # fmt: skip


def measure(
    engine: Engine, known: set[str], rows: list[dict[str, object]], chosen: bool
) -> tuple[dict[str, Figures], Counter[tuple[str, str, str]]]:
    """Return the figures of each language and of all, and which topic was taken for which."""
    figures: dict[str, Figures] = {}
    confusions: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        lang, topic, text = str(row["lang"]), str(row["topic"]), str(row["text"])
        also = row["also"] if isinstance(row["also"], list) else []
        right = {topic, *also} & known
        start = time.perf_counter()
        got = engine.understand(text, lang if chosen else None)
        seconds = time.perf_counter() - start
        answered = got.topic if got.decision is Decision.ANSWER else None
        order = [c.topic for c in got.candidates]
        if got.topic:
            order = [got.topic, *(t for t in order if t != got.topic)]
        for one in (figures.setdefault(lang, Figures()), figures.setdefault("all", Figures())):
            one.seconds.append(seconds)
            if right:
                one.add("accuracy@1", bool(order) and order[0] in right)
                one.add("accuracy@3", not right.isdisjoint(order[:3]))
                one.add("answered right", answered in right)
            else:
                one.add("out-of-scope", got.decision is not Decision.ANSWER)
            one.add("wrong answers", answered is not None and answered not in right)
            urgent = got.decision is Decision.URGENT
            one.add("urgent recall" if row["urgent"] else "false alarms", urgent)
            if row["urgent"] and urgent:
                one.add("urgent topic", got.topic in right)
            one.add("language", got.locale == lang)
            one.add("locale wrong", got.locale not in (lang, None))
        if row["urgent"] and got.decision is not Decision.URGENT:
            confusions["missed", topic, f"{got.decision} {lang} {row['style']}"] += 1
        elif not row["urgent"] and got.decision is Decision.URGENT:
            confusions["alarm", topic, f"{got.topic} {lang} {row['style']}"] += 1
        elif answered is not None and answered not in right:
            confusions["wrong", topic, f"{answered} {lang}"] += 1
    return figures, confusions


@click.command(help=__doc__)
@click.argument("questions", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--chosen", is_flag=True, help="Tell the engine each row's language as the chosen one.")
@click.option("--confusions", is_flag=True, help="Also print which topic was taken for which.")
def main(questions: Path, chosen: bool, confusions: bool) -> None:
    """Print the table."""
    rows = [json.loads(line) for line in questions.read_text(encoding="utf-8").splitlines()]
    start = time.perf_counter()
    library = Library()
    engine, known = build_engine(library), set(library.topics)
    built = time.perf_counter() - start
    figures, confused = measure(engine, known, rows, chosen)
    langs = sorted(figures, key=lambda lang: (lang == "all", lang))
    out = sys.stdout.write
    out(f"{len(rows)} rows, {len(known)} topics, built in {built:.2f} s, ")
    out(f"{memory('VmHWM'):.0f} MB resident at the highest\n")
    out(f"{'':16}" + "".join(f"{lang:>16}" for lang in langs) + "\n")
    for name in COLUMNS:
        cells = []
        for lang in langs:
            hits, n = figures[lang].hits[name], figures[lang].rows[name]
            cells.append(f"{100 * hits / n:5.1f} {hits:4}/{n:<4}" if n else "-")
        out(f"{name:16}" + "".join(f"{cell:>16}" for cell in cells) + "\n")
    for name, cut in (("p50 ms", 49), ("p95 ms", 94)):
        values = (1000 * quantiles(figures[lang].seconds, n=100)[cut] for lang in langs)
        out(f"{name:16}" + "".join(f"{value:16.2f}" for value in values) + "\n")
    if confusions:
        for (kind, topic, taken), count in sorted(confused.items()):
            out(f"{kind:8}{topic:26}{taken:40}{count}\n")


if __name__ == "__main__":
    main()
