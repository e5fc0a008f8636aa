"""draw_sweeps.py: sweeps drawn at random from what the program says it knows (`warmsweep list schema`), so that a new catalogue entry is drawn
without a word here. The same seed draws the same sweeps from the same schema.

A drawn value lies in the schema's range, near the default where there is one. The schema does not know every rule (a spectrum needs
lmin <= lmax): the caller asks `warmsweep plan` and draws again where it says no.
"""
import math
import random

DIMENSIONS = [1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 17, 24, 31, 32, 33, 40, 63, 64, 65, 100, 127, 128, 129, 200, 256, 300, 511, 512, 1000, 1024, 1025, 1500,
              2047, 2048, 2500, 4096]


def expand(schema, definitions):
    """With the parts that the schema says once and refers to put in their places (ranges of numbers are left: nothing here draws them)."""
    if "$ref" in schema:
        schema = dict(definitions[schema["$ref"].rsplit("/", 1)[1]], **{k: v for k, v in schema.items() if k != "$ref"})
    result = dict(schema)
    if "oneOf" in schema:
        result["oneOf"] = [expand(o, definitions) for o in schema["oneOf"]]
    if "properties" in schema:
        result["properties"] = {k: expand(v, definitions) for k, v in schema["properties"].items()}
    return result


def alternatives(schema):
    """Of a part of the schema; an objective of the user's own, which needs a file, is left out."""
    return [o for o in schema.get("oneOf") or [schema] if "source" not in o.get("properties", {})]


def name_of(schema):
    """The value of `kind` (or `law`) that chooses this alternative."""
    for key in ("kind", "law"):
        if "const" in schema.get("properties", {}).get(key, {}):
            return schema["properties"][key]["const"]
    return ""


def draw_number(dice, schema):
    whole, default = schema.get("type") == "integer", schema.get("default")
    low, high = schema.get("minimum", schema.get("exclusiveMinimum", -math.inf)), schema.get("maximum", math.inf)
    if whole:
        base = default if isinstance(default, (int, float)) else max(low, 0)
        value = int(base + dice.choice([0, 1, 2, 5, 17, 60]))
    else:
        base = abs(default) if isinstance(default, (int, float)) and default else 1
        value = float("%.4g" % (base * math.exp(dice.uniform(-1.2, 1.2))))
        if low == -math.inf and dice.random() < 0.3:
            value = -value
    return min(max(value, low), high)


def draw_value(dice, schema, path, dimension):
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return dice.choice(schema["enum"])
    if "anyOf" in schema:
        schema = dict(schema["anyOf"][0], **({"default": schema["default"]} if "default" in schema else {}))
    if "oneOf" in schema or schema.get("type") == "object":
        return draw_object(dice, schema, path, dimension)
    if schema.get("type") == "boolean":
        return dice.random() < 0.5
    return draw_number(dice, schema)


def draw_object(dice, schema, path, dimension, kind=None):
    options = alternatives(schema)
    chosen = next(o for o in options if name_of(o) == kind) if kind else dice.choice(options)
    result = {}
    for key, inner in chosen.get("properties", {}).items():
        if key == "dimension":
            result[key] = dimension
        elif key == "values":
            low = 0.1 if path.endswith("spectrum") else -2
            result[key] = [float("%.3g" % dice.uniform(low, 2)) or 1.0 for _ in range(dimension)]
        elif key in ("rows", "preset") and key not in chosen.get("required", []):
            continue  # data that would have to fit the dimension; see Drawer.draw
        elif key == "kind" or key == "law" or key in chosen.get("required", []) or dice.random() < 0.5:
            result[key] = draw_value(dice, inner, f"{path}.{key}", dimension)
    return result


def spread(dice, low, high, points):
    return {"log": [low, high], "points": points}


class Drawer:
    def __init__(self, schema, seed, largest=4096, cells=48):
        definitions = schema.get("$defs", {})
        self.schema = {part: expand(inner, definitions) for part, inner in schema["properties"].items() if part != "report"}
        self.dice, self.cells = random.Random(seed), cells
        self.dimensions = [d for d in DIMENSIONS if d <= largest]
        self.drawn = {}  # (part, kind) -> how often

    def kinds(self, part):
        return [name_of(o) for o in alternatives(self.schema[part])]

    def draw(self, objective=None):
        dice = self.dice
        d = dice.choice(self.dimensions if dice.random() < 0.6 else self.dimensions[:10])
        sweep = {"precision": dice.choice(["float32", "float64"]), "seed": dice.randrange(1 << 53)}
        sweep["objective"] = draw_object(dice, self.schema["objective"], "objective", d, objective)
        if "hidden" in sweep["objective"]:
            sweep["objective"].update(hidden=dice.choice([1, 3]), dimension=dice.choice([6, 9, 12]))
        d = sweep["objective"].get("dimension", d)
        sweep["start"] = draw_object(dice, self.schema["start"], "start", d)
        if "gap" in sweep["start"]:
            sweep["start"]["gap"] = float("%.3g" % math.exp(dice.uniform(0, 6)))
        if sweep["start"].get("per_replicate"):
            sweep["start"].pop("draw", None)
        noisy = dice.random() < 0.4
        methods = [k for k in self.kinds("method") if (k != "gd") == noisy] or self.kinds("method")
        sweep["method"] = draw_object(dice, self.schema["method"], "method", d, dice.choice(methods))
        if noisy:
            rows = sweep["objective"].get("samples")
            noises = [k for k in self.kinds("noise") if k != "none" and (rows or k != "minibatch")]
            sweep["noise"] = draw_object(dice, self.schema["noise"], "noise", d, dice.choice(noises))
            if sweep["noise"]["kind"] == "minibatch":
                sweep["noise"]["batch"] = sorted({1, dice.randint(1, rows)})
            sweep["noise"].pop("weights", None)
            own = next(o for o in alternatives(self.schema["noise"]) if name_of(o) == sweep["noise"]["kind"])
            if "weights" in own["properties"] and dice.random() < 0.3:
                sweep["noise"]["weights"] = [float("%.3g" % dice.uniform(0, 2)) for _ in range(d)]
            sweep["replicates"] = dice.randint(1, 5)
        schedules = self.kinds("schedule")
        sweep["schedule"] = draw_object(dice, self.schema["schedule"], "schedule", d, dice.choice(schedules + 2 * schedules[:1]))
        together = ("K0", "K", "rho")  # all of them or none
        if not all(key in sweep["schedule"] for key in together):
            for key in together:
                sweep["schedule"].pop(key, None)
        steps = min(2000, max(40, 400000 // (d + 20)))
        if "peak" in sweep["schedule"]:
            points = dice.randint(3, max(3, self.cells // 3))
            sweep["schedule"]["peak"] = dict(spread(dice, 0.02, 6, points), unit="1/sharpness")
            warmup = sweep["schedule"].get("warmup")
            if warmup is not None:
                warmup["steps"] = sorted({0, dice.randint(1, 20), dice.randint(20, steps)})
            presets = next((o["properties"]["preset"] for o in alternatives(self.schema["schedule"])
                            if name_of(o) == sweep["schedule"]["kind"] and "preset" in o["properties"]), {})
            if "enum" in presets and dice.random() < 0.2:  # a library's schedule: it fixes the kinds
                sweep["schedule"].pop("decay", None)
                sweep["schedule"].update(preset=dice.choice(presets["enum"]), warmup={"steps": [0, dice.randint(2, 30)]})
        for key in ("horizon", "period", "up", "down"):
            decay = sweep["schedule"].get("decay", {})
            if key in decay:
                decay[key] = dice.randint(steps // 2, steps)
        eps = sorted({float("%.3g" % math.exp(dice.uniform(-9, 0))) for _ in range(dice.randint(1, 4))}, reverse=True)
        sweep["stop"] = {"steps": steps, "gap": eps, "hold": dice.choice([1, 1, 2, 7]), "run_on": dice.choice([0, 0, 3, 40])}
        sweep["record"] = {"hash": True, "gap_at": sorted(dice.sample(range(steps), dice.randint(0, 4)))}
        if dice.random() < 0.3:
            sweep["record"]["trace"] = {"at": sorted(dice.sample(range(steps + 1), dice.randint(1, 20)))}
        return sweep

    def count(self, sweep):
        for part in ("objective", "start", "method", "noise", "schedule"):
            if part in sweep:
                key = (part, sweep[part].get("kind", self.kinds(part)[0]))
                self.drawn[key] = self.drawn.get(key, 0) + 1

    def missing(self):
        return [f"{part} {kind}" for part in ("objective", "method", "noise", "schedule") for kind in self.kinds(part)
                if (part, kind) not in self.drawn and kind not in ("none", "")]
