# SPDX-License-Identifier: Apache-2.0
"""Clips and layouts drawn by rule and seed, free of anyone's licence.

Wires are walks over a grid of tracks of uneven widths and gaps: two walks share no crossing of tracks, so every drawing
keeps its width and space. Lengths are whole nm.
"""
import math
import random

import klayout.db as db

KINDS = {  # drawn width in nm where none is given, and what it resembles
    "metal": (70, "routed metal: wires, jogs, combs"),
    "contacts": (80, "contact holes, dense to lonely"),
    "sram": (65, "one cell mirrored into an array"),
    "logic": (70, "rows of standard cells between rails"),
    "photonics": (60, "rings, buses, bends, tapers, gratings: curves of short edges"),
}


class Tracks:
    """Widths and gaps along one axis."""

    def __init__(self, rng, length, width, even):
        self.spans, at = [], 0
        while True:
            wide = width if even else rng.choice((width, width, width, width * 3 // 2))
            if at + wide > length:
                break
            self.spans.append((at, at + wide))
            at += wide + width if even else wide + rng.choice((width, width, width * 5 // 4, width * 3 // 2))

    def __len__(self):
        return len(self.spans)


def wires(rng, x_length, y_length, width, fill, upright, even=False):
    """Boxes of random walks that fill this part of the crossings."""
    xs, ys = Tracks(rng, x_length, width, even), Tracks(rng, y_length, width, even)
    free = {(i, j) for i in range(len(xs)) for j in range(len(ys))}
    order = sorted(free)
    rng.shuffle(order)
    wanted, boxes = (1.0 - fill) * len(order), []
    for start in order:
        if len(free) <= wanted:
            break
        if start not in free:
            continue
        path = [start]
        free.discard(start)
        step = (0, rng.choice((-1, 1))) if rng.random() < upright else (rng.choice((-1, 1)), 0)
        for _ in range(rng.randint(2, 9)):
            if rng.random() < 0.2:  # a jog
                step = (step[1], step[0]) if rng.random() < 0.5 else (-step[1], -step[0])
            following = (path[-1][0] + step[0], path[-1][1] + step[1])
            if following not in free:
                break
            path.append(following)
            free.discard(following)
        if len(path) == 1:  # a lone crossing stays empty
            continue
        for (i, j), (k, m) in zip(path, path[1:]):
            boxes.append(db.Box(min(xs.spans[i][0], xs.spans[k][0]), min(ys.spans[j][0], ys.spans[m][0]),
                                max(xs.spans[i][1], xs.spans[k][1]), max(ys.spans[j][1], ys.spans[m][1])))
    return boxes


def metal(rng, layout, layer, size, width):
    cell = layout.create_cell("METAL")
    for box in wires(rng, size, size, width, 0.75, 0.7):
        cell.shapes(layer).insert(box)
    return cell


def contacts(rng, layout, layer, size, width):
    cell = layout.create_cell("CONTACTS")
    pitch = 2 * width
    count = (size + width) // pitch
    for j in range(count):
        for i in range(count):
            dense = math.sin(3.0 * i / count + 1.0) + math.cos(4.0 * j / count) > 0  # regions, as around transistors
            if rng.random() < (0.75 if dense else 0.15):
                cell.shapes(layer).insert(db.Box(i * pitch, j * pitch, i * pitch + width, j * pitch + width))
    return cell


def sram(rng, layout, layer, size, width):
    bit = layout.create_cell("BIT")
    for box in wires(rng, 7 * width, 7 * width, width, 1.0, 0.6, even=True):
        bit.shapes(layer).insert(box)
    step = db.Vector(8 * width, 8 * width)
    four = layout.create_cell("FOUR_BITS")  # mirrored about their borders
    for i in (0, 1):
        for j in (0, 1):
            turn = {(0, 0): db.Trans.R0, (1, 0): db.Trans.M90, (0, 1): db.Trans.M0, (1, 1): db.Trans.R180}[i, j]
            four.insert(db.CellInstArray(bit.cell_index(), db.Trans(turn, (2 * step.x - width) * i, (2 * step.y - width) * j)))
    top = layout.create_cell("SRAM")
    columns, rows = max(1, (size + width) // (2 * step.x)), max(1, (size + width) // (2 * step.y))
    top.insert(db.CellInstArray(four.cell_index(), db.Trans(), db.Vector(2 * step.x, 0), db.Vector(0, 2 * step.y), columns, rows))
    return top


def logic(rng, layout, layer, size, width):
    height, library = 12 * width, []
    for number in range(12):
        cell = layout.create_cell(f"GATE_{number}")
        across = rng.randint(3, 9) * 2 * width
        boxes = wires(rng, across - width, height - 4 * width, width, 0.9, 0.75)
        for box in boxes:  # rails and a space lie between them and the cell's border
            cell.shapes(layer).insert(box.moved(width // 2, 2 * width))
        library.append((cell.cell_index(), across))
    top = layout.create_cell("LOGIC")
    rows = max(1, size // height)
    for row in range(rows):
        x = 0
        while True:
            fitting = [g for g in library if x + g[1] <= size]
            if not fitting:
                break
            index, across = rng.choice(fitting)
            flipped = row % 2 == 1
            y = (row + 1) * height if flipped else row * height
            top.insert(db.CellInstArray(index, db.Trans(db.Trans.M0 if flipped else db.Trans.R0, x, y)))
            x += across
    for row in range(rows + 1):  # rails are shared by two rows, narrower at the first and the last
        middle, half = row * height, width * 3 // 4
        low, high = (0, width) if row == 0 else (middle - width, middle) if row == rows else (middle - half, middle + half)
        top.shapes(layer).insert(db.Box(0, low, size, high))
    return top


def ribbon(points, width):
    """A waveguide along points (a path with round turns)."""
    return db.DPath([db.DPoint(*p) for p in points], width).polygon()


def ring(x, y, radius, width, corners=96):
    def circle(r):
        return [db.DPoint(x + r * math.cos(2 * math.pi * i / corners), y + r * math.sin(2 * math.pi * i / corners))
                for i in range(corners)]
    polygon = db.DPolygon(circle(radius + width / 2))
    polygon.insert_hole(circle(radius - width / 2))
    return polygon


def device(rng, kind, w, side):
    """One photonic device in a square of that side, width w, spaces of w at least."""
    middle, wave = side / 2, lambda t: 0.5 - 0.5 * math.cos(math.pi * t)
    if kind == "ring":
        radius = side / 2 - 4 * w - rng.random() * w
        bus = side / 2 - radius - w / 2 - 1.2 * w - w / 2
        return [ring(middle, middle, radius, w)] + [db.DPolygon(db.DBox(0, y - w / 2, side, y + w / 2)) for y in (bus, side - bus)]
    if kind == "bend":
        low, high = side * 0.25, side * (0.6 + 0.15 * rng.random())
        return [ribbon([(t * side / 64, low + (high - low) * wave(t / 64)) for t in range(65)], w)]
    if kind == "taper":
        wide = w * (2 + 2 * rng.random())
        return [db.DPolygon([db.DPoint(0, middle - w / 2), db.DPoint(side, middle - wide / 2), db.DPoint(side, middle + wide / 2),
                             db.DPoint(0, middle + w / 2)])]
    count = int((side - w) / (2 * w))  # a grating of curved teeth
    curve = 0.5 * rng.random()
    return [ribbon([(2 * w * i + w + curve * w * wave(t / 12), w + t * (side - 2 * w) / 12) for t in range(13)], w)
            for i in range(count)]


def photonics(rng, layout, layer, size, width):
    top = layout.create_cell("PHOTONICS")
    side = 16 * width
    count = max(1, size // side)
    if size < side:
        side = size
    for j in range(count):
        for i in range(count):
            cell = layout.create_cell(f"DEVICE_{i}_{j}")
            shapes = device(rng, rng.choice(("ring", "ring", "bend", "taper", "grating")), width, side - width)
            drawn = db.Region([db.Polygon.from_dpoly(polygon) for polygon in shapes])
            cell.shapes(layer).insert(drawn & db.Region(db.Box(0, 0, side - width, side - width)))
            top.insert(db.CellInstArray(cell.cell_index(), db.Trans(i * side, j * side)))
    return top


def draw(kind, seed, size_nm, width_nm=None):
    """A layout of 1 nm, drawn on layer 1/0 from (0, 0) to at most (size, size)."""
    width = width_nm or KINDS[kind][0]
    if size_nm < 6 * width:
        raise ValueError(f"a {kind} clip of {size_nm} nm is too small for widths of {width} nm; six of them are the least")
    layout = db.Layout()
    layout.dbu = 0.001
    layer = layout.layer(1, 0)
    top = globals()[kind](random.Random(f"{kind} {seed}"), layout, layer, size_nm, width).cell_index()
    for cell in layout.top_cells():
        if cell.cell_index() != top:  # drawn for the library and never placed
            layout.delete_cell(cell.cell_index())
    return layout


def glp_text(layout, name):
    """The contest's text format; holes are joined to their outline."""
    region = db.Region(layout.top_cell().begin_shapes_rec(layout.layer(1, 0))).merged()
    lines = ["BEGIN     /* bench/generate_clips */", "EQUIV  1  1000  MICRON  +X,+Y", f"CNAME {name}", "LEVEL M1", "", f"CELL {name} PRIME"]
    for polygon in region.each():
        if polygon.is_box():
            box = polygon.bbox()
            lines.append(f"   RECT N M1  {box.left}  {box.bottom}  {box.width()}  {box.height()}")
        else:
            points = polygon.resolved_holes().each_point_hull()
            lines.append("   PGON N M1  " + "  ".join(f"{p.x} {p.y}" for p in points))
    return "\n".join(lines + ["ENDMSG", ""])


def write(layout, path, name):
    temporary = path.with_name(path.name + ".part" + path.suffix)
    if path.suffix == ".glp":
        temporary.write_text(glp_text(layout, name))
    else:
        options = db.SaveLayoutOptions()
        options.set_format_from_filename(str(path))
        options.gds2_write_timestamps = False
        layout.write(str(temporary), options)
    temporary.replace(path)
