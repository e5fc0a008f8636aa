"""test_install.py: what `cmake --install` gives, moved elsewhere, is enough to build and run a program with pkg-config, and to run the examples."""
import os
import pathlib
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness

BUILD = pathlib.Path(os.environ.get("CMAKE_BINARY", harness.SOURCE / "build/release"))


def output(*command, **more):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, env=harness.environment(**more))
    if done.returncode:
        raise AssertionError(f"{command}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        first, cls.tree = harness.SCRATCH / "installed", harness.SCRATCH / "a place of my own"
        output("cmake", "--install", BUILD, "--prefix", first)
        first.rename(cls.tree)

    def test_library(self):
        (found,) = self.tree.rglob("warmsweep.pc")
        words = ["pkg-config", "--cflags", "--libs", "warmsweep"]
        flags = output(*words, PKG_CONFIG_PATH=str(found.parent)).replace("\\ ", "\0").split()
        flags = [flag.replace("\0", " ") for flag in flags]
        program = harness.SCRATCH / "use"
        output("cc", harness.SOURCE / "tests/api/use_library.c", *flags, "-o", program)
        text = output(program, self.tree / "share/warmsweep/sweeps/radial.json", harness.SCRATCH / "use-run", LD_LIBRARY_PATH=str(found.parents[1]))
        self.assertIn("1320 trajectories", text)

    def test_program_and_documents(self):
        self.assertEqual(output(self.tree / "bin/warmsweep", "--version"), harness.program("--version"))
        there, here = self.tree / "share/warmsweep/sweeps", harness.SOURCE / "sweeps"
        names = {path.relative_to(there) for path in there.rglob("*") if path.is_file()}
        self.assertEqual(names, {path.relative_to(here) for path in here.rglob("*") if path.suffix in (".json", ".h")})
        documents = self.tree / "share/doc/warmsweep"
        self.assertTrue((documents / "LICENSE").exists())
        for link in re.findall(r"\]\(((?:docs/)?[\w.-]+\.(?:md|png))\)", (documents / "README.md").read_text()):
            self.assertTrue((documents / link).exists(), link)


if __name__ == "__main__":
    cache = (BUILD / "CMakeCache.txt").read_text()
    if re.search(r"^WARMSWEEP_SANITIZE:\w+=.+$", cache, re.M):
        print("skipped: a program must be linked like the sanitized library")
        sys.exit(77)
    unittest.main()
