"""Asks a network what it has not learnt, and prints what each threshold would do.

    python -m training.calibrate NETWORK [--share S]

NETWORK has learnt the first share of each list of questions (`training.train --share`); the rest, mostly by
other writers, is asked. engine/thresholds.yaml takes its numbers from these tables, docs/answers.md its
figures.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import click
import numpy as np

from engine.danger import shipped
from engine.engine import log_softmax
from engine.lexical import Lexical
from knowledge.library import Library
from training.data import NONE, Example, first, read
from training.train import load

LOCALES = ("en", "fr", "fa_AF", "ps")

STYLES: dict[str, Callable[[Example], bool]] = {
    "short": lambda example: len(example.text.split()) <= 4,
    "long": lambda example: len(example.text.split()) > 25,
    "Latin letters": lambda example: "." in example.language,
    "other": lambda example: 4 < len(example.text.split()) <= 25 and "." not in example.language,
}


@click.command()
@click.argument("network", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--share", default=0.64, show_default=True)
def main(network: Path, share: float) -> None:
    """Print the tables."""
    examples = read(Library())
    learnt = first(examples, share)
    known = {id(example) for example in learnt}
    report(network, learnt, [example for example in examples if id(example) not in known])


def report(network: Path, learnt: Sequence[Example], asked: Sequence[Example]) -> None:
    """Print how well the rows of ``asked`` are told apart, by language, style, weight and threshold."""
    trained = load(network)
    lexical = Lexical([(example.topic, example.text) for example in learnt])
    texts = [example.text for example in asked]
    meaning, danger, _ = trained.scores(texts)
    words = np.log(np.maximum([lexical.scores(text) for text in texts], 1e-6))
    odds = np.stack([log_softmax(row) for row in meaning])
    right = np.array([trained.topics.index(example.topic) for example in asked])
    ours = right != trained.topics.index(NONE)
    locale = np.array([example.locale for example in asked])
    click.echo(f"{len(learnt)} learnt, {len(asked)} asked\nright first, right among three of ours, by weight")
    for weight in (0.0, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1000.0):
        both = odds + weight * words
        cells = [f"{name} {_hits(both, right, ours & (locale == name))}" for name in LOCALES]
        click.echo(f"  {weight:6} loss {_loss(both, right):.3f}  " + "   ".join(cells))
    both = odds + 0.5 * words
    for style, fits in STYLES.items():
        chosen = ours & np.array([fits(example) for example in asked])
        cells = [f"{name} {_hits(both, right, chosen & (locale == name))}" for name in LOCALES]
        click.echo(f"  {style:14} " + "   ".join(cells))
    urgent = np.array([example.urgent for example in asked])
    for name in LOCALES:
        chosen = locale == name
        click.echo(f"answering, {name}: mark, answered right of ours, wrong of all, nobody's answered")
        best, score = _best(both[chosen])
        for mark in (0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9):
            told = (score >= mark) & (best != trained.topics.index(NONE)) & ~urgent[chosen]
            hit = told & (best == right[chosen])
            calm = ours[chosen] & ~urgent[chosen]
            click.echo(
                f"  {mark:5} {hit.sum() / calm.sum():6.3f} {(told & ~hit).mean():6.3f}"
                f" {(told & ~ours[chosen]).sum() / (~ours[chosen]).sum():6.3f}"
            )
    signs = [shipped().signs(text, {}) for text in texts]
    group = np.array(["sign" if found.topics else "calm" if found.calm else "none" for found in signs])
    grave = {example.topic for example in asked if example.urgent}
    dangers = np.array([topic in grave for topic in trained.topics])
    shares = np.exp(both - both.max(1, keepdims=True))
    alike = (shares[:, dangers].sum(1) / shares.sum(1) + 1 / (1 + np.exp(-danger))) / 2
    for name in ("sign", "calm", "none"):
        chosen = group == name
        click.echo(
            f"danger, {name} ({chosen.sum()} rows, {urgent[chosen].sum()} urgent): mark, heard, alarms"
        )
        for mark in (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
            loud = chosen & (alike >= mark)
            click.echo(f"  {mark:5} {(loud & urgent).sum():5} {(loud & ~urgent).sum():5}")


def _best(scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the best topic of each row and its probability."""
    shares = np.exp(scores - scores.max(1, keepdims=True))
    shares /= shares.sum(1, keepdims=True)
    return shares.argmax(1), shares.max(1)


def _hits(scores: np.ndarray, right: np.ndarray, chosen: Iterable[bool]) -> str:
    """Return the shares of rows whose right topic is first, and among the first three."""
    rows = np.array(list(chosen))
    if not rows.any():
        return "-"
    order = np.argsort(-scores[rows][:, 1:], axis=1)[:, :3] + 1  # `NONE` stands first
    first_, three = order[:, 0] == right[rows], (order == right[rows][:, None]).any(1)
    return f"{100 * first_.mean():5.1f} {100 * three.mean():5.1f} ({rows.sum()})"


def _loss(scores: np.ndarray, right: np.ndarray) -> float:
    """Return the mean surprise at the right topic: what a wrong certainty costs most."""
    return float(-np.mean([log_softmax(row)[goal] for row, goal in zip(scores, right, strict=True)]))


if __name__ == "__main__":
    main()
