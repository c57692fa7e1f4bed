"""CI platforms, as far as the templates of packaging/ci can tell: how each fills a template in, and
runs its shell part."""

import json
import os
import re

import yaml

from tests.support.installed import kept, need, run

HERE = os.path.dirname(os.path.abspath(__file__))
TEMPLATES = os.path.join(HERE, "..", "..", "packaging", "ci")


def template(path):
    with open(os.path.join(TEMPLATES, path), encoding="utf-8") as file:
        return list(yaml.safe_load_all(file))


def fill_in(value, pattern, inputs):
    """`value` with what `pattern` matches replaced by the input it names."""
    if isinstance(value, dict):
        return {fill_in(name, pattern, inputs): fill_in(part, pattern, inputs)
                for name, part in value.items()}
    if isinstance(value, list):
        return [fill_in(part, pattern, inputs) for part in value]
    if isinstance(value, str):
        return re.sub(pattern, lambda found: inputs[found.group(1)], value)
    return value


def checked(declared, inputs, is_required):
    """The inputs with the defaults of those that are missing, as the platforms do it."""
    unknown = set(inputs) - set(declared)
    missing = {name for name, what in declared.items() if is_required(what)} - set(inputs)
    if unknown or missing:
        raise ValueError(f"unknown inputs {unknown}, missing ones {missing}")
    defaults = {name: what["default"] for name, what in declared.items() if "default" in what}
    return {**defaults, **inputs}


class Platform:
    """`words` and `environment`: what runs the shell part."""

    options_between = " "

    def __init__(self, box, inputs):
        if "options" in inputs:
            inputs = dict(inputs, options=self.options_between.join(inputs["options"]))
        self.box = box
        self.environment = {}
        self.words = self.part(inputs)

    def script(self, text):
        return self.box.write("script", text, 0o755)

    def part(self, inputs):
        raise NotImplementedError


class GitHub(Platform):
    options_between = "\n"

    def part(self, inputs):
        [action] = template("github/action.yml")
        inputs = checked(action["inputs"], inputs, lambda what: what.get("required", False))
        [step] = action["runs"]["steps"]
        self.environment = fill_in(step["env"], r"\$\{\{ inputs\.([a-z-]+) \}\}", inputs)
        return ["bash", "--noprofile", "--norc", "-eo", "pipefail", self.script(step["run"])]


class GitLab(Platform):
    shell = ("bash", "-eo", "pipefail")

    def part(self, inputs):
        header, body = template("gitlab/templates/leasehold.yml")
        inputs = checked(header["spec"]["inputs"], {"image": "any", **inputs},
                         lambda what: "default" not in what)
        [(name, job)] = fill_in(body, r"\$\[\[ inputs\.([a-z-]+) \]\]", inputs).items()
        if (name, job["id_tokens"]) != ("deploy",
                                        {"LEASEHOLD_CI_JWT": {"aud": inputs["audience"]}}):
            raise ValueError(f"not this job: {name}, {job}")
        self.environment = {name: what if isinstance(what, str) else what["value"]
                            for name, what in job["variables"].items()}
        return [*self.shell, self.script("\n".join(job["script"]))]


class GitLabOnAlpine(GitLab):
    shell = ("sh", "-e")


class CircleCI(Platform):
    PROGRAM = """#!/bin/sh
# As its agent: a JWT for the audience that is asked for.
[ "$*" = 'run oidc get --claims {"aud": "%s"}' ] || { echo "circleci: $*" >&2; exit 2; }
cat jwt-of-the-job
"""

    def part(self, inputs):
        [orb] = template("circleci/orb.yml")
        command = orb["commands"]["run"]
        inputs = checked(command["parameters"], inputs, lambda what: "default" not in what)
        [step] = fill_in(command["steps"], r"<< parameters\.([a-z-]+) >>", inputs)
        self.environment = step["run"]["environment"]
        self.box.write("agent/circleci", self.PROGRAM % inputs["audience"], 0o755)
        return ["bash", "-eo", "pipefail", "-c", step["run"]["command"]]


class Jenkins(Platform):
    NAMES = {"certificate-authority": "authority", "service-account": "serviceAccount"}

    def part(self, inputs):
        need("java", "mvn")
        place = kept(os.path.join(HERE, "jenkins"), lambda place: run(
            place, "mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib"))
        library = os.path.join(TEMPLATES, "jenkins")
        step = {self.NAMES.get(name, name): value for name, value in inputs.items()
                if name != "audience"}  # that is the credential's
        return ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp",
                os.path.join(place, "lib", "*"), "groovy.ui.GroovyMain",
                os.path.join(place, "Steps.groovy"),
                os.path.join(library, "vars", "withLease.groovy"),
                os.path.join(library, "resources"), json.dumps({"credential": "prod", **step})]


class Tekton(Platform):
    options_between = "\n"

    def part(self, inputs):
        [task] = template("tekton/task.yaml")
        spec = task["spec"]
        declared = {param["name"]: param for param in spec["params"]}
        options = inputs.pop("options", "").splitlines()
        inputs = checked(declared, {"image": "any", **inputs}, lambda what: "default" not in what)
        [step] = spec["steps"]
        filled = fill_in(step["env"], r"\$\(params\.([a-z-]+)\)", inputs)
        self.environment = {one["name"]: one["value"] for one in filled}
        [mount], [volume] = step["volumeMounts"], spec["volumes"]
        if mount["name"] != volume["name"]:
            raise ValueError("another volume")
        [source] = volume["projected"]["sources"]
        self.jwt_path = os.path.join(mount["mountPath"], source["serviceAccountToken"]["path"])
        if step["args"] != ["$(params.options[*])"]:
            raise ValueError("other arguments")
        return [self.script(step["script"]), *options]
