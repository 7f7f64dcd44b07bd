"""Augmentation: pixels and labels move together, draws are repeatable, and albumentations agrees where it does the same."""

from __future__ import annotations

import math
import uuid

import cv2
import numpy as np
import pytest

from annotator.domain import augmentation, masks
from annotator.domain.augmentation import BY_NAME, Recipe
from annotator.domain.errors import Invalid
from annotator.domain.geometry import Box, Geometry, Points, bounds, decode_points, encode_points
from annotator.domain.keypoints import Keypoint, decode_keypoints, encode_keypoints
from annotator.ml.augment import Draw, draw, seed_of
from annotator.ml.augment_labels import move_label, move_mask
from annotator.ml.augment_pixels import augment

WIDTH, HEIGHT = 320, 200
PHOTO = np.random.default_rng(7).integers(0, 256, (HEIGHT // 10, WIDTH // 10, 3), np.uint8)
PHOTO = cv2.resize(PHOTO, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
GEOMETRIC = ("horizontal_flip", "vertical_flip", "shift", "scale", "rotate")
RING = [[100.5, 60.25], [190.0, 50.0], [210.75, 120.0], [150.0, 90.0], [130.0, 150.5], [90.0, 140.0]]
HOLE = [[120.0, 80.0], [140.0, 80.0], [140.0, 100.0], [120.0, 100.0]]
CLASS = uuid.UUID(int=1)
HELD = (7.076031627983721, 9.46235251644916, 0.09922804653051105, 283743581864147131354112336033009898277)


def recipe(*names: str, probability: float = 1.0, **params: dict[str, float]) -> Recipe:
    values = {
        name: {p.name: p.default for p in BY_NAME[name].parameters} | params.get(name, {}) for name in names
    }
    return Recipe(probability, values)


def always(*names: str, width: int = WIDTH, height: int = HEIGHT, **params: dict[str, float]) -> Draw:
    """Return a draw in which every one of the transformations happens."""
    wanted = recipe(*names, **params)
    for number in range(200):
        found = draw(wanted, width, height, seed_of("set", "always", number))
        flips = np.linalg.det(found.matrix) < 0
        if flips == (len({"horizontal_flip", "vertical_flip"} & set(names)) == 1) and (
            found.moves or not set(names) & set(GEOMETRIC)
        ):
            return found
    raise AssertionError(names)


def polygon() -> Geometry:
    points = [[RING, HOLE]]
    return Geometry(bounds(points), "polygon", encode_points(points))


def mask_of(label: Geometry, width: int = WIDTH, height: int = HEIGHT) -> Geometry:
    assert label.points is not None
    bits = masks.rasterise(decode_points(label.points), 0, 0, width, height)
    x0, y0, x1, y1 = box = masks.bounds_of(bits)
    runs = masks.mask_to_runs(bits[y0:y1, x0:x1])
    return Geometry(Box(*map(float, box)), "mask", None, masks.pack_runs(runs))


def bits_of(label: Geometry, width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """Return the label's pixels in the image by the rule of this project."""
    if label.mask is None:
        return masks.rasterise(decode_points(label.points), 0, 0, width, height)
    x0, y0, x1, y1 = label.box.as_bounds()
    found = np.zeros((height, width), bool)
    found[y0:y1, x0:x1] = masks.spans_to_bits(masks.unpack_spans(label.mask), x1 - x0, y1 - y0)
    return found


def iou(one: np.ndarray, other: np.ndarray) -> float:
    return float((one & other).sum() / (one | other).sum())


@pytest.mark.parametrize(
    "names",
    [
        *[(name,) for name in GEOMETRIC],
        ("horizontal_flip", "rotate"),
        ("shift", "scale"),
        GEOMETRIC,
        (*GEOMETRIC, "cutout", "blur"),
    ],
    ids="+".join,
)
def test_a_polygon_stays_the_contour_of_its_mask(names: tuple[str, ...]) -> None:
    side, high = 4 * WIDTH, 4 * HEIGHT
    points = (np.array([RING]) * 4.0).tolist() + (np.array([HOLE]) * 4.0).tolist()
    label = Geometry(bounds([points]), "polygon", encode_points([points]))
    wanted = recipe(*names, scale={"maximum_upscale": 1.5}, shift={"maximum_proportion": 0.25})
    overlaps = []
    for number in range(12):
        drawn = draw(wanted, side, high, seed_of("s", "i", number))
        moved, moved_mask = (
            move_label(label, drawn),
            move_label(mask_of(label, side, high), drawn),
        )
        assert (moved is None) == (moved_mask is None)
        if moved is None or moved_mask is None:
            continue
        contour = masks.mask_to_points(bits_of(moved_mask, side, high))
        overlaps.append(iou(masks.rasterise(contour, 0, 0, side, high), bits_of(moved, side, high)))
    assert len(overlaps) >= 10
    assert min(overlaps) >= 0.98


@pytest.mark.parametrize("names", [("rotate",), ("scale", "shift"), GEOMETRIC], ids="+".join)
def test_labels_move_as_the_pixels_do(names: tuple[str, ...]) -> None:
    """Paint the label into an image: in the copy its pixels are where the label says."""
    label = polygon()
    image = np.where(bits_of(label), np.uint8(255), np.uint8(0))
    drawn = always(*names, shift={"maximum_proportion": 0.1})
    moved = move_label(label, drawn)
    # The mirrored border may repeat the object, so only what the image itself has is compared.
    inside = masks.rasterise([[bounds_corners(drawn)]], 0, 0, WIDTH, HEIGHT)
    assert iou((augment(image, drawn) > 127) & inside, bits_of(moved)) >= 0.97


def bounds_corners(drawn: Draw) -> list[list[float]]:
    corners = np.array([[0, 0, 1], [WIDTH, 0, 1], [WIDTH, HEIGHT, 1], [0, HEIGHT, 1.0]])
    return (corners @ drawn.matrix.T)[:, :2].tolist()


def test_the_moved_mask_is_its_moved_outline_rasterised() -> None:
    drawn = always("rotate", "scale")
    label = mask_of(polygon())
    outline = masks.mask_to_points(bits_of(label))
    as_polygon = Geometry(bounds(outline), "polygon", encode_points(outline))
    moved = move_label(as_polygon, drawn)
    assert (bits_of(moved) == bits_of(move_label(label, drawn))).all()


def test_a_box_becomes_the_smallest_upright_one_around_its_corners() -> None:
    drawn = Draw(WIDTH, HEIGHT, np.array([[0.0, -1.0, 200.0], [1.0, 0.0, 0.0], [0, 0, 1]]))
    assert move_label(Geometry(Box(10, 20, 40, 30), "box"), drawn) == Geometry(Box(170, 10, 180, 40), "box")


def shifted(x: float, y: float) -> Draw:
    return Draw(WIDTH, HEIGHT, np.array([[1.0, 0, x], [0, 1.0, y], [0, 0, 1]]))


def outlined(shape: str, points: Points) -> Geometry:
    return Geometry(bounds(points), shape, encode_points(points))


def test_a_line_stays_a_line_cut_into_pieces_at_the_border() -> None:
    there = [[20.0, 30.0], [60.0, 30.0], [60.0, 60.0]]
    line = outlined("polyline", [[there + there[-2::-1]]])
    moved = move_label(line, shifted(10, 5))
    assert moved is not None and moved.shape == "polyline"
    assert moved.points == "[[[[30,35],[70,35],[70,65],[70,35],[30,35]]]]"
    cut = move_label(line, shifted(-40, 0))
    assert cut is not None and cut.shape == "polyline"
    assert cut.points == "[[[[0,30],[20,30],[20,60],[20,30],[0,30]]]]"
    tips = [[10.0, 10.0], [10.0, -20.0], [30.0, -20.0], [30.0, 10.0]]
    both = move_label(outlined("polyline", [[tips + tips[-2::-1]]]), shifted(0, 1))
    assert both is not None and both.shape == "polygon"
    assert both.points == "[[[[10,11],[10,0],[10,11]]],[[[30,0],[30,11],[30,0]]]]"
    assert move_label(line, shifted(-70, 0)) is None


def test_a_turned_box_that_is_cut_becomes_a_polygon() -> None:
    box = outlined("rotated_box", [[[[20.0, 10.0], [40.0, 30.0], [30.0, 40.0], [10.0, 20.0]]]])
    whole, cut = move_label(box, shifted(5, 0)), move_label(box, shifted(-25, 0))
    assert whole is not None and whole.shape == "rotated_box"
    assert cut is not None and cut.shape == "polygon"


def test_what_leaves_the_image_is_cut_off_and_what_is_gone_is_dropped() -> None:
    box = Geometry(Box(10, 10, 30, 30), "box")
    assert move_label(box, shifted(-20, 0)) == Geometry(Box(0, 10, 10, 30), "box")
    assert move_label(box, shifted(-30, 0)) is None
    cut = move_label(polygon(), shifted(150, 0))
    assert cut is not None and cut.box.x1 == WIDTH
    assert iou(bits_of(cut), np.roll(bits_of(polygon()), 150, axis=1) & (np.arange(WIDTH) >= 150)) == 1
    assert move_label(polygon(), shifted(400, 0)) is None
    assert move_label(mask_of(polygon()), shifted(400, 0)) is None


def test_keypoints_outside_are_dropped_and_those_in_a_hole_are_occluded() -> None:
    points = [Keypoint(uuid.UUID(int=n), CLASS, 20.0 * n, 50.0) for n in (1, 5, 10)]
    label = Geometry(Box(20, 50, 200, 50), "keypoints", keypoints=encode_keypoints(points))
    drawn = shifted(-50, 0)
    moved = move_label(label, drawn)
    assert moved is not None and moved.box == Box(50, 50, 150, 50)
    assert [(point.id.int, point.x) for point in decode_keypoints(moved.keypoints)] == [
        (5, 50.0),
        (10, 150.0),
    ]
    assert move_label(label, shifted(500, 0)) is None
    holed = Draw(WIDTH, HEIGHT, np.eye(3), holes=((90.0, 40.0, 110.0, 60.0),))
    assert [p.visible for p in decode_keypoints(move_label(label, holed).keypoints)] == [True, False, True]


def test_a_label_that_one_hole_covers_is_dropped() -> None:
    drawn = Draw(WIDTH, HEIGHT, np.eye(3), holes=((0.0, 0.0, 50.0, 50.0),))
    assert move_label(Geometry(Box(10, 10, 50, 50), "box"), drawn) is None
    assert move_label(Geometry(Box(10, 10, 51, 50), "box"), drawn) == Geometry(Box(10, 10, 51, 50), "box")
    assert not augment(PHOTO, drawn)[:50, :50].any()


def test_the_border_is_the_mirrored_image() -> None:
    moved = augment(PHOTO, shifted(40, 0))
    assert (moved[:, 40:] == PHOTO[:, :-40]).all()
    assert (moved[:, :40] == PHOTO[:, :40][:, ::-1]).all()


EVERYTHING = recipe(*BY_NAME, probability=0.7)


def test_the_same_seed_gives_the_same_bytes_and_another_one_others() -> None:
    copies = [
        augment(PHOTO, draw(EVERYTHING, WIDTH, HEIGHT, seed_of("set", "image", k))) for k in (0, 0, 1, 2)
    ]
    assert copies[0].tobytes() == copies[1].tobytes()
    assert len({copy.tobytes() for copy in copies}) == 3


def test_numbers_are_the_same_on_every_platform() -> None:
    """The numbers themselves are held, so that a new numpy or another processor cannot change them unnoticed."""
    drawn = draw(recipe("shift", "noise"), 100, 100, "held")
    assert drawn.matrix[:2, 2].tolist() == pytest.approx(HELD[:2], abs=1e-12)
    assert (drawn.noise, drawn.noise_seed) == (pytest.approx(HELD[2], abs=1e-12), HELD[3])


def test_one_transformation_changed_leaves_the_others_as_they_are() -> None:
    one = draw(recipe("shift", "cutout", "noise"), WIDTH, HEIGHT, "s")
    other = draw(recipe("shift", "rotate", "cutout", "noise"), WIDTH, HEIGHT, "s")
    assert (one.holes, one.noise, one.noise_seed) == (other.holes, other.noise, other.noise_seed)


NOTHING = {
    "shift": {"maximum_proportion": 0.0}, "scale": {"maximum_upscale": 0.0}, "rotate": {"maximum_degrees": 0}, "blur": {"maximum_filter_size": 1},
    "cutout": {"maximum_height": 0.0}, **{name: {"maximum_change": 0.0} for name in ("brightness", "contrast", "saturation", "noise")},
}  # fmt: skip


@pytest.mark.parametrize("name", [*NOTHING, "nothing enabled", "probability 0"])
def test_parameters_that_ask_for_nothing_change_nothing(name: str) -> None:
    wanted = (
        Recipe(1.0, {})
        if name == "nothing enabled"
        else recipe(*NOTHING, probability=0.0)
        if name == "probability 0"
        else recipe(name, **NOTHING)
    )
    drawn = draw(wanted, WIDTH, HEIGHT, "seed")
    assert (augment(PHOTO, drawn) == PHOTO).all()
    for label in (polygon(), mask_of(polygon()), Geometry(Box(-5, 1, 9, 9), "box")):
        assert move_label(label, drawn) == label


def test_the_image_given_is_never_written() -> None:
    before = PHOTO.copy()
    for name in BY_NAME:
        copy = augment(PHOTO, always(name))
        copy[:] = 0
        assert (before == PHOTO).all(), name


def test_probabilities_hold_and_flips_have_their_own() -> None:
    wanted, count = recipe("horizontal_flip", "rotate", "blur", probability=0.2), 2_000
    drawn = [draw(wanted, 10, 10, f"{n}") for n in range(count)]
    flips = sum(np.linalg.det(one.matrix) < 0 for one in drawn) / count
    turns = sum(abs(one.matrix[0, 1]) > 1e-12 for one in drawn) / count
    # Three sizes of the filter are drawn, of which 1 is no blur.
    blurs = sum(one.sigma > 0 for one in drawn) / count
    for share, expected in ((flips, 0.5), (turns, 0.2), (blurs, 0.2 * 2 / 3)):
        assert abs(share - expected) < 4 * math.sqrt(expected * (1 - expected) / count)


def test_draws_stay_within_their_parameters() -> None:
    wanted = recipe("scale", "rotate", "cutout", rotate={"maximum_degrees": 20})
    for number in range(300):
        drawn = draw(wanted, WIDTH, HEIGHT, str(number))
        factor = math.sqrt(np.linalg.det(drawn.matrix))
        assert 1 - 1e-9 <= factor <= 1.2
        assert abs(math.degrees(math.asin(drawn.matrix[1, 0] / factor))) <= 20 + 1e-9
        for x0, y0, x1, y1 in drawn.holes:
            assert 0 <= x0 < x1 <= WIDTH and 0 <= y0 < y1 <= HEIGHT
            assert x1 - x0 <= 0.2 * WIDTH and y1 - y0 <= 0.2 * HEIGHT


def test_a_small_copy_is_the_large_one_scaled() -> None:
    drawn = always(*GEOMETRIC, "cutout", "blur", blur={"maximum_filter_size": 9})
    large = cv2.resize(augment(PHOTO, drawn), (WIDTH // 2, HEIGHT // 2), interpolation=cv2.INTER_AREA)
    half = cv2.resize(PHOTO, (WIDTH // 2, HEIGHT // 2), interpolation=cv2.INTER_AREA)
    small = augment(half, drawn.resized(WIDTH // 2, HEIGHT // 2))
    assert np.abs(large.astype(int) - small).mean() < 3


def test_gray_images_are_taken_as_well() -> None:
    drawn = always(*BY_NAME)
    assert augment(PHOTO[:, :, 0].copy(), drawn).shape == (HEIGHT, WIDTH)


def test_albumentations_flips_and_turns_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_ALBUMENTATIONS_UPDATE", "1")
    import albumentations

    for name, transform in (
        ("horizontal_flip", albumentations.HorizontalFlip(p=1)),
        ("vertical_flip", albumentations.VerticalFlip(p=1)),
    ):
        assert (augment(PHOTO, always(name)) == transform(image=PHOTO)["image"]).all()
    for degrees in (-30.0, 12.5, 90.0, 180.0):
        # Their positive angles turn counterclockwise, seen on the screen.
        theirs = albumentations.Compose(
            [albumentations.Rotate((-degrees, -degrees), border_mode=cv2.BORDER_REFLECT, p=1)],
            keypoint_params=albumentations.KeypointParams("xy"),
        )
        turned = theirs(image=PHOTO, keypoints=np.array([[149.5, 99.5]]))
        ours = turned_by(degrees)
        assert np.abs(augment(PHOTO, ours).astype(int) - turned["image"]).mean() < 0.5, degrees
        point = (ours.matrix @ [150.0, 100.0, 1])[:2]
        assert point.tolist() == pytest.approx((turned["keypoints"][0] + 0.5).tolist(), abs=1e-3)


def turned_by(degrees: float) -> Draw:
    angle = math.radians(degrees)
    cos, sin, x, y = math.cos(angle), math.sin(angle), WIDTH / 2, HEIGHT / 2
    return Draw(
        WIDTH,
        HEIGHT,
        np.array([[cos, -sin, x - cos * x + sin * y], [sin, cos, y - sin * x - cos * y], [0, 0, 1]]),
    )


def test_a_mask_of_many_small_pieces_moves_whole() -> None:
    checker = np.indices((HEIGHT, WIDTH)).sum(axis=0) % 2 == 0
    label = masks.pack_runs(masks.mask_to_runs(checker))
    moved = move_mask(label, (0, 0, WIDTH, HEIGHT), always("vertical_flip"))
    assert moved is not None
    assert (masks.spans_to_bits(masks.unpack_spans(moved[1]), WIDTH, HEIGHT) == checker[::-1]).all()


# --- the table -------------------------------------------------------------------------------------------------------


def test_missing_parameters_get_their_defaults() -> None:
    assert augmentation.parse_transformations(
        [{"name": "rotate", "enabled": True}, {"name": "vertical_flip"}]
    ) == [
        {"name": "rotate", "enabled": True, "params": {"maximum_degrees": 30}},
        {"name": "vertical_flip", "enabled": False, "params": {}},
    ]


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ("rotate", "transformations"),
        ([1], "transformations.0"),
        ([{"name": "melt"}], "transformations.0.name"),
        ([{"name": "rotate"}, {"name": "rotate"}], "transformations"),
        ([{"name": "rotate", "enabled": "yes"}], "transformations.0.enabled"),
        ([{"name": "rotate", "params": [1]}], "transformations.0.params"),
        ([{"name": "rotate", "params": {"angle": 3}}], "transformations.0.params"),
        ([{"name": "rotate", "params": {"maximum_degrees": 181}}], "transformations.0.params.maximum_degrees"),
        ([{"name": "rotate", "params": {"maximum_degrees": 1.5}}], "transformations.0.params.maximum_degrees"),
        ([{"name": "shift", "params": {"maximum_proportion": "1"}}], "transformations.0.params.maximum_proportion"),
        ([{"name": "shift", "params": {"maximum_proportion": float("nan")}}], "transformations.0.params.maximum_proportion"),
    ],
)  # fmt: skip
def test_a_list_that_breaks_the_table_is_refused(raw: object, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        augmentation.parse_transformations(raw)
    assert refusal.value.field == field
