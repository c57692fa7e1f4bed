"""packaging/record: the pictures are well formed, show what the command printed, and those in docs/
show what the documents say."""

import os
import subprocess
import tempfile
import unittest
import xml.dom.minidom

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DEMO = r"""echo building; printf '\033[2m# <first> & "last"\033[0m\n'; echo '$ leasehold list'
echo 'a    b'; printf '%0150d\n' 7; for i in $(seq 40); do echo line $i; done"""


def texts(path):
    return [text.firstChild.data for text in xml.dom.minidom.parse(path).getElementsByTagName("text")]


class Record(unittest.TestCase):
    def record(self, place, *command):
        return subprocess.run([ROOT + "/packaging/record", *command], text=True,
                              capture_output=True, stdin=subprocess.DEVNULL, check=False,
                              timeout=300, env={**os.environ, "LEASEHOLD_PICTURES": place})

    def test_a_run(self):
        with tempfile.TemporaryDirectory() as place:
            done = self.record(place, "sh", "-c", DEMO)
            self.assertEqual(done.returncode, 0, done.stderr)
            shown = texts(place + "/demo.svg")
            self.assertEqual(shown[:3], ['# <first> & "last"', "$ leasehold list", "a    b"])
            self.assertEqual(["".join(shown[3:5]), shown[-1]], ["%0150d" % 7, "line 40"])
            with open(place + "/performance.svg", encoding="utf-8") as drawn, \
                    open(ROOT + "/docs/performance.svg", encoding="utf-8") as kept:
                self.assertEqual(drawn.read(), kept.read(),
                                 "the table has changed: run packaging/record")

    def test_a_run_that_fails_is_no_picture(self):
        with tempfile.TemporaryDirectory() as place:
            done = self.record(place, "sh", "-c", "echo '# here'; exit 3")
            self.assertEqual((done.returncode, os.listdir(place)), (1, []))
            self.assertIn("# here", done.stderr)

    def test_the_recording_is_of_this_demo(self):
        shown = texts(ROOT + "/docs/demo.svg")
        with open(ROOT + "/packaging/demo", encoding="utf-8") as file:
            demo = file.read()
        told = [line for line in shown if line.startswith("# ") and line[2:] in demo]
        self.assertGreater(len(told), 5, shown)


if __name__ == "__main__":
    unittest.main()
