"""The transformations of augmentation and their parameters: one table, and the checks of a list of them; no pixels here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .errors import Invalid
from .text import check_float

#: Longest side in pixels of a sample of a list.
SAMPLE_SIDE = 512
#: Most copies of an image that a list may ask for.
MAX_NEW_IMAGES = 1_000
#: What a new list starts with.
DEFAULT_PROBABILITY = 0.75
#: The flips are applied with this probability, whatever the list says.
FLIP_PROBABILITY = 0.5


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a transformation: "int" or "float", with its default and the ends of its range."""

    name: str
    type: str
    default: float
    minimum: float
    maximum: float


@dataclass(frozen=True, slots=True)
class Transformation:
    """A transformation. `probability` is its own one, None when that of the list counts."""

    name: str
    parameters: tuple[Parameter, ...] = ()
    is_default: bool = False
    probability: float | None = None


def _ours(name: str) -> Transformation:
    return Transformation(name, (Parameter("maximum_change", "float", 0.2, 0.0, 1.0),))


#: In the order in which they are applied. Angles in degrees, proportions of the side, sizes in pixels of the image.
TRANSFORMATIONS = (
    Transformation("horizontal_flip", is_default=True, probability=FLIP_PROBABILITY),
    Transformation("vertical_flip", probability=FLIP_PROBABILITY),
    Transformation("shift", (Parameter("maximum_proportion", "float", 0.1, 0.0, 1.0),), is_default=True),
    Transformation("scale", (Parameter("maximum_upscale", "float", 0.2, 0.0, 5.0),), is_default=True),
    Transformation("rotate", (Parameter("maximum_degrees", "int", 30, 0, 180),), is_default=True),
    Transformation("blur", (Parameter("maximum_filter_size", "int", 5, 1, 50),), is_default=True),
    Transformation(
        "cutout",
        (
            Parameter("number_of_holes", "int", 2, 1, 20),
            Parameter("maximum_height", "float", 0.2, 0.0, 1.0),
            Parameter("maximum_width", "float", 0.2, 0.0, 1.0),
        ),
        is_default=True,
    ),
    _ours("brightness"),
    _ours("contrast"),
    _ours("saturation"),
    _ours("noise"),
)
BY_NAME = {one.name: one for one in TRANSFORMATIONS}


@dataclass(frozen=True, slots=True)
class Recipe:
    """What may happen to an image: the values of each enabled transformation, and the probability of most of them."""

    probability: float
    values: Mapping[str, Mapping[str, float]]

    def probability_of(self, name: str) -> float:
        """Return the probability of an enabled transformation."""
        own = BY_NAME[name].probability
        return self.probability if own is None else own


def defaults() -> list[dict[str, object]]:
    """Return the stored form of all transformations with their defaults."""
    return [
        {"name": one.name, "enabled": one.is_default, "params": {p.name: p.default for p in one.parameters}}
        for one in TRANSFORMATIONS
    ]


def parse_transformations(raw: object, *, field: str = "transformations") -> list[dict[str, object]]:
    """Return the stored form of untrusted [{"name", "enabled"?, "params"?: {name: value or None}}], in the order given.

    A parameter that is missing or None gets its default. Invalid, naming `field`: an unknown or repeated name, an
    unknown parameter, a value of another type or outside of its range.
    """
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        raise Invalid("transformations must be a list.", field=field)
    found = [_parse_one(item, f"{field}.{index}") for index, item in enumerate(raw)]
    names = [item["name"] for item in found]
    if len(set(names)) < len(names):
        raise Invalid("A transformation may be in the list once only.", field=field)
    return found


def _parse_one(item: object, field: str) -> dict[str, object]:
    if not isinstance(item, Mapping):
        raise Invalid("A transformation must be an object with a name.", field=field)
    name = item.get("name")
    known = BY_NAME.get(name) if isinstance(name, str) else None
    if known is None:
        raise Invalid(
            f"There is no transformation {name!r}. There are: {', '.join(BY_NAME)}.", field=f"{field}.name"
        )
    enabled = item.get("enabled", False)
    if not isinstance(enabled, bool):
        raise Invalid("enabled must be true or false.", field=f"{field}.enabled")
    given = item.get("params") or {}
    if not isinstance(given, Mapping):
        raise Invalid("params must be an object of names and values.", field=f"{field}.params")
    unknown = sorted(set(map(str, given)) - {p.name for p in known.parameters})
    if unknown:
        raise Invalid(f"There is no such parameter of {name}: {unknown[0]!r}.", field=f"{field}.params")
    values = {p.name: _value(p, given.get(p.name), f"{field}.params.{p.name}") for p in known.parameters}
    return {"name": known.name, "enabled": enabled, "params": values}


def _value(parameter: Parameter, value: object, field: str) -> float:
    if value is None:
        return parameter.default
    number = check_float(value, field=field, low=parameter.minimum, high=parameter.maximum)
    if parameter.type == "float":
        return number
    if not number.is_integer():
        raise Invalid(f"{parameter.name} must be a whole number.", field=field)
    return int(number)


def recipe_of(transformations: Sequence[Mapping[str, object]], probability: float) -> Recipe:
    """Return the recipe of a list's stored transformations."""
    enabled = {str(item["name"]): item["params"] for item in transformations if item["enabled"]}
    return Recipe(probability, enabled)  # type: ignore[arg-type]
