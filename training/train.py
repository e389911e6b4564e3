"""Fine-tunes the encoder on the example questions.

    python -m training.train OUT [--epochs N] [--seed N] [--layers 0,1,…]

About two minutes an epoch at 10,000 examples on two cores that know bfloat16. docs/decisions/ says why so.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
import sentencepiece
import torch
from torch import Tensor
from torch.nn import functional

from engine.fold import written
from knowledge.library import Library
from training import origin, vocabulary
from training.data import LANGUAGES, NONE, Example, disturb, first, read
from training.network import PAD, Network

LONGEST = 128
"""Pieces of a text that are read, as in `engine.encoder`."""

PIECES = 32_000
"""Of the vocabulary that are kept."""

BATCH = 64


@dataclass
class Trained:
    """The network with what belongs to it."""

    network: Network
    processor: sentencepiece.SentencePieceProcessor
    topics: list[str]
    kept: list[int]

    def numbers(self, texts: Sequence[str]) -> Tensor:
        """Return the texts as padded numbers of pieces."""
        rows = [
            [0, *ids[: LONGEST - 2], 2] for ids in self.processor.encode([written(text) for text in texts])
        ]
        longest = max(map(len, rows))
        return torch.tensor([row + [PAD] * (longest - len(row)) for row in rows])

    def scores(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the logits of topics, danger and languages for each text."""
        self.network.eval()
        order = sorted(range(len(texts)), key=lambda n: len(texts[n]))
        parts: list[tuple[Tensor, ...]] = []
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            for start in range(0, len(order), 128):
                parts.append(self.network(self.numbers([texts[n] for n in order[start : start + 128]])))
        back = np.argsort(order)
        joined = [torch.cat(part).float().numpy()[back] for part in zip(*parts, strict=True)]
        topics, danger, languages = joined
        return topics, danger, languages


def load(path: Path) -> Trained:
    """Return the network that `main` wrote to a file."""
    start, saved = origin.read(), torch.load(path, weights_only=True)
    network = Network(start, saved["kept"], len(saved["topics"]), len(LANGUAGES))
    network.load_state_dict(saved["network"])
    pieces = vocabulary.processor([start.pieces[n] for n in saved["kept"]], start.scores[saved["kept"]])
    return Trained(network, pieces, saved["topics"], saved["kept"])


def train(
    examples: Sequence[Example],
    *,
    epochs: int = 8,
    seed: int = 0,
    rate: float = 2e-4,
    before: Mapping[str, Any] | None = None,
    told: Callable[[str], None] = lambda _line: None,
) -> Trained:
    """Return the network that has learnt these examples, going on from the one `before` if there is one."""
    torch.manual_seed(seed)
    chance = random.Random(seed)
    start = origin.read()
    topics = sorted({example.topic for example in examples} | {NONE})
    if before is None:
        kept = vocabulary.choose(start, [written(example.text) for example in examples], PIECES)
        network = Network(start, kept, len(topics), len(LANGUAGES))
    else:
        kept = before["kept"]
        network = Network(start, kept, len(topics), len(LANGUAGES))
        network.load_state_dict(before["network"])
        if topics != before["topics"]:
            raise ValueError("a network can only go on with the topics that it has learnt")
    trained = Trained(
        network, vocabulary.processor([start.pieces[n] for n in kept], start.scores[kept]), topics, kept
    )
    heads = [*network.topic.parameters(), *network.danger.parameters(), *network.language.parameters()]
    ours = {id(parameter) for parameter in heads}
    body = [parameter for parameter in network.parameters() if id(parameter) not in ours]
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": rate}, {"params": heads, "lr": 20 * rate}], weight_decay=0.01
    )
    shown = [example for example in examples for _ in range(example.times)]
    steps = epochs * (len(shown) // BATCH + 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: min((n + 1) / (0.1 * steps), max(0.02, (steps - n) / (0.9 * steps)))
    )
    for epoch in range(epochs):
        network.train()
        losses = []
        for batch in _batches(shown, chance):
            texts = [disturb(example.text, example.locale, chance) for example in batch]
            with torch.autocast("cpu", torch.bfloat16):
                topic, danger, language = network(trained.numbers(texts))
            goal = torch.tensor([topics.index(example.topic) for example in batch])
            urgent = torch.tensor([float(example.urgent) for example in batch])
            tongue = torch.tensor([LANGUAGES.index(example.language) for example in batch])
            loss = (
                functional.cross_entropy(topic.float(), goal, label_smoothing=0.1)
                + functional.binary_cross_entropy_with_logits(danger.float(), urgent)
                + 0.3 * functional.cross_entropy(language.float(), tongue)
            )
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        told(f"epoch {epoch + 1}: loss {np.mean(losses):.3f}")
    return trained


def _batches(examples: Sequence[Example], chance: random.Random) -> Iterator[list[Example]]:
    """Yield all examples once, those of like length together, in an order that chance makes."""
    order = sorted(examples, key=lambda example: len(example.text) * chance.uniform(0.8, 1.25))
    batches = [order[n : n + BATCH] for n in range(0, len(order), BATCH)]
    chance.shuffle(batches)
    yield from batches


@click.command()
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--epochs", default=8, show_default=True)
@click.option("--rate", default=2e-4, show_default=True, help="Length of the steps.")
@click.option("--seed", default=0, show_default=True)
@click.option(
    "--before", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Go on from this network."
)
@click.option("--share", default=1.0, show_default=True, help="Learn only the first part of each list.")
def main(out: Path, epochs: int, rate: float, seed: int, before: Path | None, share: float) -> None:
    """Learn the examples of the knowledge and write the network to OUT."""
    trained = train(
        first(read(Library()), share),
        epochs=epochs,
        seed=seed,
        rate=rate,
        before=torch.load(before, weights_only=True) if before else None,
        told=lambda line: print(line, flush=True),
    )
    torch.save({"network": trained.network.state_dict(), "topics": trained.topics, "kept": trained.kept}, out)


if __name__ == "__main__":
    main()
