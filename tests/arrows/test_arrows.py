"""test_arrows.py: which folder may include which (docs/architecture.md), and the rules of the kernel text."""
import os
import pathlib
import re
import unittest

SOURCE = pathlib.Path(os.environ.get("WARMSWEEP_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
ALLOWED = {
    "base": {"base"},
    "plan": {"base", "plan"},
    "run": {"base", "plan", "run"},
    "report": {"base", "plan", "report"},
    "cli": {"base", "plan", "run", "cli"},
    "": {"base", "plan", "run", "report", "cli"},  # main.c, api.c
}


def files(folder, *suffixes):
    return [path for path in sorted((SOURCE / folder).rglob("*")) if path.suffix in suffixes]


def includes(path):
    return re.findall(r'^\s*#\s*include\s+([<"][^>"]+[>"])', path.read_text(), re.M)


class Arrows(unittest.TestCase):
    def test_host_folders(self):
        seen = 0
        for path in files("src", ".c", ".h"):
            folder = path.parent.relative_to(SOURCE / "src").as_posix().strip(".")
            for name in includes(path):
                if name.startswith("<"):
                    continue
                name = name.strip('"')
                target = name.split("/")[0] if "/" in name else ""
                seen += 1
                where = f"{path.relative_to(SOURCE)} includes {name}"
                if target == "kernels":
                    scalar = path.name in ("portable_math.c", "portable_powers.c")  # the one place where host code includes kernel text
                    self.assertTrue(scalar or name in ("kernels/record.h", "kernels/record_cuda.h"), where)
                elif name == "warmsweep.h":
                    self.assertEqual(path.name, "api.c", where)
                else:
                    self.assertIn(target, ALLOWED[folder], where)
        self.assertGreater(seen, 100)

    def test_kernels_include_only_kernels(self):
        for path in files("kernels", ".h", ".c", ".cu"):
            for name in includes(path):
                if name in ("WS_OBJECTIVE", "WS_METHOD"):
                    continue
                self.assertTrue(name.startswith('"'), f"{path}: {name} is a system header")
                inside = [path.parent / name.strip('"'), SOURCE / "kernels" / name.strip('"')]
                self.assertTrue(any(file.exists() for file in inside), f"{path}: {name} is not under kernels/")

    def test_kernels_call_no_library(self):
        words = re.compile(r"\b(exp|expf|log|logf|sin|cos|sqrtf?|pow|powf|tanh|cosh|sinh|fabs|printf|malloc|memcpy|memset)\s*\(")
        for path in files("kernels", ".h", ".c", ".cu"):
            if path.name in ("target_c.h", "target_cuda.h"):
                continue  # the vocabulary itself
            text = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(), flags=re.S)
            for match in words.finditer(text):
                self.fail(f"{path}: calls {match.group(1)}")

    def test_only_main_prints_or_exits(self):
        words = re.compile(r"\b(printf|puts|putchar|exit|_exit|perror)\s*\(|\bf(printf|puts)\s*\([^;]*\b(stdout|stderr)\b")
        for path in files("src", ".c", ".h"):
            if path.name == "main.c":
                continue
            text = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(), flags=re.S)
            for match in words.finditer(text):
                if path.name == "error.c":
                    continue  # a broken invariant says why before it aborts
                self.fail(f"{path}: {match.group(0)}")

    def test_every_catalogue_file_is_there(self):
        text = (SOURCE / "src/plan/catalogue.c").read_text()
        named = re.findall(r'"((?:objective|method|average|noise|warmup|decay|feedback|open_loop)/\w+\.h)"', text)
        self.assertGreater(len(named), 10)
        for name in named:
            self.assertTrue((SOURCE / "kernels" / name).exists(), name)
        for path in files("kernels", ".h"):
            folder = path.parent.name
            if folder != "kernels":
                self.assertIn(f"{folder}/{path.name}", named, "a kernel file without a row in the catalogue")


if __name__ == "__main__":
    unittest.main()
