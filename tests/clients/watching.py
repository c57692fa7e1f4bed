"""Clients that watch: they tell what they see, a line of JSON each."""

import json
import queue
import threading
import time

from case import PATIENCE, Steered


class Watching(Steered):
    """What an informer tells, as it comes."""

    def __init__(self, argv, environment):
        super().__init__(argv, environment)
        self.told = queue.Queue()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.told.put(json.loads(line))

    def events(self, seconds=0.0):
        """All that was told by now, or the first of so many seconds."""
        found = []
        try:
            while True:
                found.append(self.told.get(timeout=seconds))
                seconds = 0.01
        except queue.Empty:
            return [(one["event"], one["of"]) for one in found]

    def wait(self, *wanted):
        """Until this was told; answers what was told before it."""
        seen, end = [], time.monotonic() + PATIENCE
        while wanted not in seen:
            if time.monotonic() > end:
                raise AssertionError(f"{wanted} did not come, but {seen}")
            seen += self.events(1)
        return seen
