# SPDX-License-Identifier: Apache-2.0
"""The package for KLayout (tools/klayout), run without a window by KLayout's Python module."""

import pathlib
from xml.etree import ElementTree

import pytest

from conftest import bars

PACKAGE = pathlib.Path(__file__).parents[3] / "tools" / "klayout"
RECIPE = {"mask_pixel_nm": 4.0, "levels": [{"coarseness": 4, "iterations": 10}]}
db = pytest.importorskip("klayout.db")
lay = pytest.importorskip("klayout.lay")


@pytest.fixture
def macro():
    """What the macro defines; its dialogs need the program's window and are not called."""
    tree = ElementTree.parse(PACKAGE / "pymacros" / "reticle_correct.lym")
    assert tree.findtext("interpreter") == "python" and tree.findtext("show-in-menu") == "true"
    names = {"__name__": "reticle_correct"}
    exec(compile(tree.findtext("text"), "reticle_correct.lym", "exec"), names)
    return names


@pytest.fixture
def view():
    layout = db.Layout()
    layout.dbu = 0.001
    shapes = layout.create_cell("TOP").shapes(layout.layer(11, 0))
    for corners in bars():
        shapes.insert(db.Polygon([db.Point(int(x), int(y)) for x, y in corners]))
    view = lay.LayoutView()
    view.show_layout(layout, True)
    view.add_missing_layers()
    view.zoom_box(db.DBox(0, 0, 1.024, 1.024))
    return view


def test_macro_lays_mask_print_and_markers_over_the_view(macro, view, model):
    view.current_layer = view.begin_layers()
    evaluation = macro["correct_view"](view, model, RECIPE)
    cell = view.active_cellview().cell
    areas = [db.Region(cell.begin_shapes_rec(cell.layout().find_layer(layer, 0))).area() for layer in (1000, 1001)]
    assert areas[1] == int(evaluation.nominal.sum()) * evaluation.grid.pixel_nm ** 2
    drawn = db.Region(cell.begin_shapes_rec(cell.layout().find_layer(11, 0))).area()
    assert areas[0] > 0 and 0.7 * drawn < areas[1] < 1.5 * drawn
    assert cell.layout().find_layer(1002, 0) is not None
    shown, layers = set(), view.begin_layers()
    while not layers.at_end():
        shown.add((layers.current().source_layer, layers.current().source_datatype))
        layers.next()
    assert {(11, 0), (1000, 0), (1001, 0)} <= shown


def test_macro_says_what_it_lacks(macro, view, model):
    with pytest.raises(RuntimeError, match="Open a layout"):
        macro["correct_view"](lay.LayoutView(), model)
    view.current_layer = view.end_layers() if hasattr(view, "end_layers") else lay.LayerPropertiesIterator()
    with pytest.raises(RuntimeError, match="Select the layer"):
        macro["correct_view"](view, model)
    view.current_layer = view.begin_layers()
    view.zoom_box(db.DBox(0, 0, 5, 5))
    with pytest.raises(RuntimeError, match="zoom in"):
        macro["correct_view"](view, model)


def test_package_has_its_manifest():
    grain = ElementTree.parse(PACKAGE / "grain.xml")
    assert grain.findtext("name") and grain.findtext("version")
