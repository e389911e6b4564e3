"""Cross-validates the engine's two halves on the example questions.

    python -m training.validate OUT.npz [--folds N] [--epochs N]

Each list of questions is cut into consecutive pieces, so that mostly other writers' questions are asked than
were learnt. Each piece is scored by an encoder and a lexical half that learnt the others. `training.calibrate`
sets the thresholds on the scores, and prints the figures of docs/answers.md.
"""

from collections import defaultdict
from pathlib import Path

import click
import numpy as np

from engine.lexical import Lexical
from knowledge.library import Library
from training.data import Example, read
from training.train import train


def folds(examples: list[Example], number: int) -> list[int]:
    """Return the fold of each example: consecutive pieces of the list it stands in."""
    lists = defaultdict(list)
    for n, example in enumerate(examples):
        lists[example.topic, example.locale, example.urgent].append(n)
    place = [0] * len(examples)
    for numbers in lists.values():
        for at, n in enumerate(numbers):
            place[n] = number * at // len(numbers)
    return place


@click.command()
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--folds", "number", default=2, show_default=True)
@click.option("--epochs", default=8, show_default=True)
def main(out: Path, number: int, epochs: int) -> None:
    """Write the scores of all examples, each by an engine that has not learnt it, to OUT."""
    examples = read(Library())
    place = np.array(folds(examples, number))
    topics = sorted({example.topic for example in examples})
    found = {
        "topics": np.zeros((len(examples), len(topics)), np.float32),
        "danger": np.zeros(len(examples), np.float32),
        "languages": np.zeros((len(examples), 6), np.float32),
        "words": np.zeros((len(examples), len(topics)), np.float32),
    }
    for fold in range(number):
        learnt = [example for example, at in zip(examples, place, strict=True) if at != fold]
        asked = np.flatnonzero(place == fold)
        texts = [examples[n].text for n in asked]
        click.echo(f"fold {fold + 1}: {len(learnt)} learnt, {len(asked)} asked")
        lexical = Lexical([(example.topic, example.text) for example in learnt])
        trained = train(learnt, epochs=epochs, seed=fold, told=click.echo)
        if list(lexical.topics) != topics or trained.topics != topics:
            raise click.ClickException("a topic has too few examples for so many folds")
        found["topics"][asked], found["danger"][asked], found["languages"][asked] = trained.scores(texts)
        found["words"][asked] = [lexical.scores(text) for text in texts]
        np.savez_compressed(out, **found)


if __name__ == "__main__":
    main()
