"""Makes a screenshot small: 48 colours are plenty for flat areas and the edges of letters."""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator

COLOURS = 48
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def smaller(png: bytes) -> bytes:
    """The same picture (8 bits a channel, RGB or RGBA, as browsers write it) with a palette."""
    width, height, rows = _pixels(png)
    counts = Counter(pixel for row in rows for pixel in row)
    palette = _palette(counts)
    index = {colour: palette.index(_nearest(colour, palette)) for colour in counts}
    lines = b"".join(b"\0" + bytes([index[pixel] for pixel in row]) for row in rows)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    colours = b"".join(palette)
    parts = ((b"IHDR", header), (b"PLTE", colours), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in parts)


def _palette(counts: Counter[bytes]) -> list[bytes]:
    """The colours that matter: each next one is frequent and far from those there are."""
    newest = max(counts, key=lambda colour: counts[colour])
    chosen = [newest]
    apart = dict.fromkeys(counts, 3 * 255**2)
    while len(chosen) < min(COLOURS, len(counts)):
        apart = {colour: min(far, _distance(colour, newest)) for colour, far in apart.items()}
        newest = max(counts, key=lambda colour: counts[colour] * apart[colour])
        chosen.append(newest)
    return chosen


def _nearest(colour: bytes, palette: list[bytes]) -> bytes:
    return min(palette, key=lambda other: _distance(colour, other))


def _distance(one: bytes, other: bytes) -> int:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2 + (one[2] - other[2]) ** 2


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(SIGNATURE)
    while place < len(png):
        (size,) = struct.unpack_from(">I", png, place)
        yield png[place + 4 : place + 8], png[place + 8 : place + 8 + size]
        place += size + 12


def _pixels(png: bytes) -> tuple[int, int, list[list[bytes]]]:
    """Width, height, and the rows of three-byte colours; transparency is dropped."""
    data = b""
    header = b""
    for kind, content in _chunks(png):
        if kind == b"IHDR":
            header = content
        elif kind == b"IDAT":
            data += content
    width, height, depth, colour_type = struct.unpack_from(">IIBB", header)
    if depth != 8 or colour_type not in (2, 6):
        raise ValueError("a PNG of 8 bits a channel, RGB or RGBA, is expected")
    step = 3 if colour_type == 2 else 4
    raw = zlib.decompress(data)
    size = width * step
    rows, above = [], bytearray(size)
    for start in range(0, height * (size + 1), size + 1):
        line = _unfiltered(raw[start], bytearray(raw[start + 1 : start + 1 + size]), above, step)
        rows.append([bytes(line[place : place + 3]) for place in range(0, size, step)])
        above = line
    return width, height, rows


def _unfiltered(kind: int, line: bytearray, above: bytearray, step: int) -> bytearray:
    """Undo a line's filter; see the PNG specification, chapter 9."""
    for place in range(len(line)):
        left = line[place - step] if place >= step else 0
        corner = above[place - step] if place >= step else 0
        guess = (0, left, above[place], (left + above[place]) // 2, 0)[kind]
        if kind == 4:
            guess = _paeth(left, above[place], corner)
        line[place] = (line[place] + guess) & 255
    return line


def _paeth(left: int, above: int, corner: int) -> int:
    middle = left + above - corner
    return min((left, above, corner), key=lambda value: abs(middle - value))
