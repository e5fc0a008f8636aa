"""test_catalogue.py: every entry of the catalogue says what it is, where it comes from and which sweep shows what it is for; that sweep uses it.

Read from what the program prints (`warmsweep list`), so that a new entry is looked at without a word here.
"""
import json
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness

SWEEPS = harness.SOURCE / "sweeps"
DEFAULTS = {"start.kind": "sphere", "method.kind": "gd", "method.average.kind": "none", "noise.kind": "none", "schedule.kind": "ramp",
            "schedule.warmup.kind": "linear", "schedule.decay.kind": "constant"}


def read(file):
    text = re.sub(r"(?m)^\s*//.*$", "", (SWEEPS / file).read_text())
    return json.loads(re.sub(r"/\*.*?\*/", "", text, flags=re.S))


def entries():
    """(path of the key that names it, name, Markdown of the entry) of every entry."""
    text = harness.program("list", "catalogue")
    for group in text.split("\n## ")[1:]:
        key = re.match(r"[^`\n]*`([a-z.]+)`", group).group(1)
        for entry in group.split("\n### ")[1:]:
            yield key, entry.split("\n", 1)[0], entry


def chosen(sweep, path):
    """What a sweep names at a path, with the defaults of the program."""
    *parents, last = path.split(".")
    section = sweep
    for parent in parents:
        section = section.get(parent, {})
    if "source" in section:
        return "source"
    return section.get(last, DEFAULTS.get(path))


class Catalogue(unittest.TestCase):
    def test_every_entry(self):
        seen = set()
        for key, name, text in entries():
            with self.subTest(f"{key} {name}"):
                seen.add(key)
                self.assertRegex(text, r"\n\n`[^`\n]+`\n\n[A-Z0-9\"(].{8,}", "a formula and a sentence")
                self.assertRegex(text, r"\n\nSource: \S.*\.\n", "a citation, or \"elementary\"")
                example = re.search(r"\n\nExample: sweeps/(\S+\.json)\.", text)
                self.assertIsNotNone(example, "no sweep that shows what it is for: .sweep of its row in src/plan/catalogue.c")
                self.uses(key, name, example.group(1))
                if key == "objective.kind":
                    self.assertRegex(text, r"Smoothness, \|Hessian\| <= K0 \+ K gap\^rho: (none known|.*K0.*K|as the header says)")
        self.assertEqual(len(seen), len(re.findall(r"\n## ", harness.program("list", "catalogue"))) - 1, "the presets, and nothing else, are no entries")

    def uses(self, key, name, example):
        sweep = read(example)
        found = chosen(sweep, key)
        if "preset" in sweep.get("schedule", {}) and key in ("schedule.warmup.kind", "schedule.decay.kind"):
            fixed = re.search(r"\n  %s   warmup ([a-z-]+(?: of the file)?|of the file), decay ([a-z-]+)\n" % sweep["schedule"]["preset"], harness.program("list", "schedules"))
            found = fixed.group(1 if "warmup" in key else 2)
        self.assertEqual(found, name, f"sweeps/{example} does not use it")

    def test_parameters_have_units_and_sentences(self):
        for key, name, text in entries():
            for row in re.findall(r"(?m)^\| `([a-z._A-Z0-9]+)` \|(.*)\|$", text):
                cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", row[1])]
                self.assertGreater(len(cells[4]), 8, (key, name, row))
                if cells[1].startswith(("a number", "a whole number")) and not re.search(r"\.(p[0-7]|data_seed|draw)$", row[0]):
                    self.assertNotEqual(cells[3], "", (key, name, row, "no unit"))

    def test_every_preset_has_a_sweep(self):
        text = harness.program("list", "schedules")
        presets = re.findall(r"(?m)^  ([a-z-]+)   warmup ", text[text.index("presets (schedule.preset)"):])
        self.assertGreater(len(presets), 20)
        self.assertEqual(sorted(presets), sorted(file.stem for file in (SWEEPS / "presets").glob("*.json")))
        for preset in presets:
            self.assertEqual(read(f"presets/{preset}.json")["schedule"]["preset"], preset)


if __name__ == "__main__":
    unittest.main()
