"""The arrows between the folders: who includes whom, and who may see which library."""

import os
import re
import unittest

import project

# Headers that only some files may include: (header, prefixes of the files).
RESERVED = (
    (r"boost/(asio|beast)/", ("src/http/",)),
    (r"openssl/", ("src/http/",)),
    (r"(glib|gio|gobject)[-./]|glib\.h|libsecret/", ("cache/secret_service/child/",)),
    (r"keyutils\.h", ("cache/",)),
    (r"nettle/", ("src/base/",)),
    (r"yaml\.h", ("src/base/",)),
    (r"boost/program_options", ("helper/",)),
)
# Files of ours that a header may include, directly or not, and how deep.
MOST_BROUGHT = 25
DEEPEST = 7
# What a hit must not pull into the front program, however indirectly.
NOT_IN_FRONT = re.compile(r"boost/(json|asio|beast|program_options)|openssl/|(glib|gio)[-./]|"
                          r"libsecret/|yaml\.h|iostream$|fstream$|sstream$|regex$|thread$")


class Includes(unittest.TestCase):
    def test_every_room_keeps_to_its_arrows(self):
        wrong = []
        for path in project.sources():
            room = os.path.dirname(path)
            if room not in project.ROOMS:
                wrong.append(f"{path}: the room {room} is not known; tests/architecture/project.py")
                continue
            allowed = (room, *project.ROOMS[room])
            wrong += [f"{path} includes {name}: {room} may include only {', '.join(allowed)}"
                      for name in project.includes_of_ours(path)
                      if os.path.dirname(name) not in allowed]
        self.fail_with(wrong)

    def test_arrows_point_down_only(self):
        """A room stands behind all that it may include, so that there is no circle."""
        seen = set()
        wrong = []
        for room, arrows in project.ROOMS.items():
            wrong += [f"{room} may include {name}, which does not stand before it"
                      for name in arrows if name not in seen]
            seen.add(room)
        self.fail_with(wrong)

    def test_no_arrow_is_left_over(self):
        used = {(os.path.dirname(path), os.path.dirname(name)) for path in project.sources()
                for name in project.includes_of_ours(path)}
        self.fail_with([f"{room} includes nothing of {name}: take the arrow out"
                        for room, arrows in project.ROOMS.items() for name in arrows
                        if (room, name) not in used])

    def test_our_files_are_included_by_their_path_from_the_root(self):
        self.fail_with([f'{path} includes "{name}", which is no file of the project'
                        for path in project.sources() for name in project.includes_of_ours(path)
                        if not os.path.exists(os.path.join(project.ROOT, name))])

    def test_libraries_stay_where_they_belong(self):
        wrong = []
        for path in project.sources():
            for _, name in project.includes(path):
                wrong += [f"{path} includes <{name}>, reserved for {' and '.join(places)}"
                          for pattern, places in RESERVED
                          if re.match(pattern, name) and not path.startswith(places)]
        self.fail_with(wrong)

    def test_the_front_sees_nothing_heavy(self):
        wrong = []
        for path in [p for p in project.sources() if p.startswith("helper/front/")]:
            for reached in sorted(project.reach(path)):
                wrong += [f"{path} gets <{name}> by way of {reached}"
                          for quoted, name in project.includes(reached)
                          if not quoted and NOT_IN_FRONT.match(name)]
        self.fail_with(wrong)

    def test_headers_bring_little_along(self):
        """A change reaches few files: forward declarations, settings apart from their readers."""
        brought = {path: len(project.reach(path)) - 1 for path in project.sources()}
        known = {}
        self.fail_with([f"{path} brings {count} files along, more than {MOST_BROUGHT}"
                        for path, count in brought.items()
                        if path.endswith(".hpp") and count > MOST_BROUGHT])
        self.fail_with([f"{path} stands on {depth} includes, more than {DEEPEST}"
                        for path in project.sources()
                        if (depth := project.depth(path, known)) > DEEPEST])

    def test_no_file_includes_itself_in_a_circle(self):
        circles = []
        done = set()
        for path in project.sources():
            self.walk(path, [], done, circles)
        self.fail_with(circles)

    def test_headers_are_guarded(self):
        self.fail_with([f"{path} has no #pragma once" for path in project.sources(".hpp", ".hpp.in")
                        if "#pragma once" not in project.read(path)])

    def walk(self, path, trail, done, circles):
        if path in trail:
            circles.append(" -> ".join(trail[trail.index(path):] + [path]))
        elif path not in done and os.path.exists(os.path.join(project.ROOT, path)):
            for name in project.includes_of_ours(path):
                self.walk(name, trail + [path], done, circles)
            done.add(path)

    def fail_with(self, wrong):
        if wrong:
            self.fail("\n" + "\n".join(wrong))


if __name__ == "__main__":
    unittest.main()
