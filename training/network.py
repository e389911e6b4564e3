"""The encoder as a network to be trained: the layers of multilingual-e5-small and three heads of our own."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.origin import Origin

EPSILON = 1e-12
PAD = 1


class Layer(nn.Module):
    """One layer of attention and its feed-forward part."""

    def __init__(self, hidden: int, inner: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v, self.ao = (nn.Linear(hidden, hidden) for _ in range(4))
        self.aln, self.oln = nn.LayerNorm(hidden, EPSILON), nn.LayerNorm(hidden, EPSILON)
        self.fi, self.fo = nn.Linear(hidden, inner), nn.Linear(inner, hidden)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """Return ``x`` one layer on; ``mask`` is far below zero where a row has no more pieces."""
        rows, length, hidden = x.shape
        q, k, v = (
            part(x).view(rows, length, self.heads, hidden // self.heads).transpose(1, 2)
            for part in (self.q, self.k, self.v)
        )
        # Written out: the fused attention learns three times slower on a processor.
        near = q @ k.transpose(2, 3) * (hidden // self.heads) ** -0.5
        if mask is not None:
            near = near + mask
        seen = near.softmax(-1) @ v
        x = self.aln(x + self.ao(seen.transpose(1, 2).reshape(rows, length, hidden)))
        return self.oln(x + self.fo(functional.gelu(self.fi(x))))


class Network(nn.Module):
    """From numbers of pieces to scores of topics, of danger and of languages."""

    def __init__(self, origin: Origin, kept: list[int], topics: int, languages: int) -> None:
        super().__init__()
        weights = {name: torch.from_numpy(array) for name, array in origin.weights.items()}
        hidden, inner = weights["emb.word"].shape[1], weights["l0.fi.b"].shape[0]
        self.word = nn.Embedding.from_pretrained(weights["emb.word"][kept].clone(), freeze=False)
        # The kind of segment is always the first; its vector goes into the positions.
        self.position = nn.Parameter(weights["emb.pos"] + weights["emb.type"][:hidden])
        self.norm = nn.LayerNorm(hidden, EPSILON)
        self.layers = nn.ModuleList(Layer(hidden, inner, origin.heads) for _ in range(origin.layers))
        self.topic = nn.Linear(hidden, topics)
        self.danger = nn.Linear(hidden, 1)
        self.language = nn.Linear(hidden, languages)
        self._copy(self.norm, weights, "emb.ln")
        for number, layer in enumerate(self.layers):
            for part, module in layer.named_children():
                self._copy(module, weights, f"l{number}.{part}")

    @staticmethod
    def _copy(module: nn.Module, weights: dict[str, Tensor], name: str) -> None:
        with torch.no_grad():
            module.get_parameter("weight").copy_(weights[f"{name}.w"])
            module.get_parameter("bias").copy_(weights[f"{name}.b"])

    def vectors(self, ids: Tensor) -> Tensor:
        """Return one vector for each row of numbers, padded with `PAD`."""
        real = ids != PAD
        mask = torch.where(real, 0.0, -1e4)[:, None, None, :]
        x = self.norm(self.word(ids) + self.position[: ids.shape[1]])
        for layer in self.layers:
            x = layer(x, mask)
        weights = real[:, :, None].to(x.dtype)
        return (x * weights).sum(1) / weights.sum(1)

    def one(self, ids: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the same for a single row without padding."""
        x = self.norm(self.word(ids) + self.position[: ids.shape[1]])
        for layer in self.layers:
            x = layer(x, None)
        pooled = x.mean(1)
        return self.topic(pooled), self.danger(pooled)[:, 0], self.language(pooled)

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the logits of topics, danger and languages."""
        pooled = functional.dropout(self.vectors(ids), 0.1, self.training)
        return self.topic(pooled), self.danger(pooled)[:, 0], self.language(pooled)
