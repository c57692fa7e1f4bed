"""Judges mutants, in a directory, a kernel keyring and memory directories of its own."""

import functools
import json
import os
import re
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import time

from mutants import ROOT, lines_of
from places import EQUIVALENT, PLACES, PROGRAMS
from tests.support import own_place

BUILD = os.path.join(ROOT, "build/mutation")
# Of a mutant alone: it is compiled for one run.
DROPPED = ("-W", "-O", "-U_FORTIFY", "-D_FORTIFY")


def limits():
    # A broken condition may ask for all there is.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))


def run(command, timeout=600, **options):
    """The exit code; None if it was not done in time. Nothing that it started stays."""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, start_new_session=True, preexec_fn=limits,
                          **options) as process:
        try:
            return process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None
        finally:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass


def suites_beside(path):
    """The suites of the test that is named as the file is, as a filter: they run first."""
    name = os.path.basename(path).replace(".cpp", "_test.cpp")
    found = set()
    for folder, _, files in os.walk(os.path.join(ROOT, "tests/unit")):
        if name in files:
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                found |= set(re.findall(r"^TEST(?:_F|_P)?\((\w+),", file.read(), re.MULTILINE))
    return ":".join(sorted("*%s.*" % suite for suite in found))


@functools.cache
def compile_commands():
    with open(os.path.join(BUILD, "compile_commands.json"), encoding="utf-8") as file:
        return {os.path.relpath(one["file"], ROOT): shlex.split(one["command"])
                for one in json.load(file)}


def compiler(path, output, *source):
    words = [word for word in compile_commands()[path] if os.path.basename(word) != "ccache"]
    words = [word for word in words[:words.index("-o")] if not word.startswith(DROPPED)]
    return [*words, "-w", "-O0", "-o", output, *source]


@functools.cache
def link_command(target):
    told = subprocess.run(["ninja", "-C", BUILD, "-t", "commands", target], check=True,
                          capture_output=True, text=True).stdout.splitlines()[-1]
    return shlex.split(told.split(" && ")[1])


class Worker:
    def __init__(self):
        if os.geteuid() == 0:
            own_place.enter()
        self.place = os.path.join(ROOT, "build/mutation/worker-%d" % os.getpid())
        os.makedirs(self.at("home"), mode=0o700)
        self.environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": self.at("home"),
                            # A test that asks the product whether it is to be left out is one.
                            "LEASEHOLD_NO_SKIPS": "1"}
        self.linker = next(["-fuse-ld=" + name] for name in ("mold", "gold", "bfd")
                           if shutil.which("ld." + name))

    def at(self, name):
        return os.path.join(self.place, name)

    def write(self, name, lines):
        with open(self.at(name), "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        return self.at(name)

    def begin(self, path):
        """Compiles what the file includes, once for all its mutants; answers where that ends."""
        lines = lines_of(path)
        end = 1 + max(number for number, line in enumerate(lines) if line.startswith("#include"))
        header = self.write("prefix.hpp", lines[:end])
        run(compiler(path, header + ".gch", "-x", "c++-header", header), cwd=BUILD)
        return end

    def compile(self, mutant, prefix):
        lines = lines_of(mutant.path)
        lines[mutant.number] = mutant.changed
        source = self.write("mutant.cpp", lines[prefix:])
        return run(compiler(mutant.path, self.at("mutant.o"), "-include", self.at("prefix.hpp"),
                            "-c", source), cwd=BUILD) == 0

    def link(self, path, target):
        """The mutant stands before the libraries: what it has is not taken from them."""
        words = list(link_command(target))
        output = words.index("-o") + 1
        program = words[output]
        words[output] = self.at(program)
        os.makedirs(os.path.dirname(words[output]), exist_ok=True)
        own = [number for number, word in enumerate(words) if word.endswith("/%s.o" % path)]
        if own:
            words[own[0]] = self.at("mutant.o")
        else:
            words.insert(output + 1, self.at("mutant.o"))
        return program if run([*words, *self.linker], cwd=BUILD) == 0 else None

    def python_environment(self, program):
        """As a person has it (tests/README.md), with the worker's PROGRAM in the built one's place
        and a front beside it."""
        with open(os.path.join(BUILD, "tests/environment"), encoding="utf-8") as file:
            words = [word for word in shlex.split(file.read()) if "=" in word]
        environment = {**self.environment, **dict(word.split("=", 1) for word in words)}
        front = self.at(os.path.relpath(environment["LEASEHOLD"], BUILD))
        os.makedirs(os.path.dirname(front), exist_ok=True)
        shutil.copy2(environment["LEASEHOLD"], front)
        own = {os.path.join(BUILD, program): self.at(program), environment["LEASEHOLD"]: front}
        return {key: own.get(value, value) for key, value in environment.items()}

    def passes(self, name, program, patience, first=""):
        tests = PROGRAMS[name][1]
        if tests.endswith(".py"):
            return run([sys.executable, os.path.join(ROOT, "tests", tests), "-f"], patience,
                       env=self.python_environment(program), cwd=self.place) == 0
        words = [self.at(program), "--gtest_brief=1", "--gtest_fail_fast"]
        return all(run([*words, "--gtest_filter=" + suites], patience, cwd=self.place,
                       env=self.environment) == 0 for suites in (first, tests) if suites)

    def seconds_of(self, name):
        """What the tests take that pass on what is not broken; None if they do not."""
        program = link_command(PROGRAMS[name][0])
        program = program[program.index("-o") + 1]
        os.makedirs(os.path.dirname(self.at(program)), exist_ok=True)
        shutil.copy2(os.path.join(BUILD, program), self.at(program))
        begun = time.monotonic()
        return time.monotonic() - begun if self.passes(name, program, 600) else None

    def judge(self, mutant, prefix, seconds):
        """killed, survived, equivalent, or does not compile."""
        if not self.compile(mutant, prefix):
            return "does not compile"
        for name in PLACES[mutant.path]:
            program = self.link(mutant.path, PROGRAMS[name][0])
            if program is None:
                return "does not compile"
            first = suites_beside(mutant.path) if name == PLACES[mutant.path][0] else ""
            if not self.passes(name, program, 10 * seconds[name] + 20, first):
                return "killed"
        is_known = mutant.changed.strip() in EQUIVALENT.get(mutant.path, ())
        return "equivalent" if is_known else "survived"

    def judge_all(self, path, mutants, seconds):
        prefix = self.begin(path)
        return [(mutant, self.judge(mutant, prefix, seconds)) for mutant in mutants]
