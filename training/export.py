"""Packs the trained network in eight bits, as the files that the engine loads.

    python -m training.export NETWORK… [--out engine/model]

Several networks (of several seeds) are averaged first: their mean errs less than any of them.
"""

import hashlib
import json
import tempfile
from pathlib import Path
from typing import Any

import click
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from engine.encoder import FOLDER
from training import origin, vocabulary
from training.data import LANGUAGES
from training.network import Network


class One(nn.Module):
    """The network for one text without padding, which needs no mask."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the logits of topics, danger and languages."""
        return self.network.one(ids)


def export(network: Network, topics: list[str], kept: list[int], folder: Path) -> None:
    """Write the files of the engine into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    start = origin.read()
    (folder / "pieces.model").write_bytes(
        vocabulary.model([start.pieces[n] for n in kept], start.scores[kept])
    )
    with tempfile.TemporaryDirectory() as scratch:
        full = Path(scratch) / "full.onnx"
        torch.onnx.export(
            One(network.eval()),
            (torch.tensor([[0, 5, 6, 7, 2]]),),
            full,
            input_names=["ids"],
            output_names=["topics", "danger", "languages"],
            dynamic_axes={"ids": {1: "length"}},
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(
            full, folder / "encoder.onnx", weight_type=QuantType.QInt8, per_channel=True,
            op_types_to_quantize=["MatMul", "Gather"], extra_options={"MatMulConstBOnly": True},
        )  # fmt: skip
    onnx.checker.check_model(folder / "encoder.onnx")
    card: dict[str, Any] = {
        "sha256": {
            name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
            for name in ("encoder.onnx", "pieces.model")
        },
        "topics": topics,
        "languages": list(LANGUAGES),
    }
    (folder / "card.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


@click.command()
@click.argument("networks", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--out", default=FOLDER, type=click.Path(file_okay=False, path_type=Path))
def main(networks: tuple[Path, ...], out: Path) -> None:
    """Average NETWORKS, which must have learnt the same topics, and write the files of the engine."""
    loaded = [torch.load(path, weights_only=True) for path in networks]
    first = loaded[0]
    if any(one["topics"] != first["topics"] or one["kept"] != first["kept"] for one in loaded):
        raise click.ClickException("The networks have not learnt the same examples.")
    mean = {name: sum(one["network"][name] for one in loaded) / len(loaded) for name in first["network"]}
    network = Network(origin.read(), first["kept"], len(first["topics"]), len(LANGUAGES))
    network.load_state_dict(mean)
    export(network, first["topics"], first["kept"], out)


if __name__ == "__main__":
    main()
