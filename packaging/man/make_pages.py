#!/usr/bin/env python3
"""usage: make_pages.py PROGRAM DOCS SCDOC OUT

Writes leasehold's man pages below OUT/man: section 1 from what PROGRAM says of itself with --help,
section 7 from 'help TOPIC', and the rest from the documents in DOCS. SCDOC is scdoc(1), which takes their date from
SOURCE_DATE_EPOCH."""

import os
import re
import subprocess
import sys

from scdoc_text import code, document, escape, options, paragraph, terms

# Document, page, section, what the page's first line says.
DOCUMENTS = [
    ("profiles.md", "leasehold-profile", 5, "what to lease, for which cluster and asked by whom"),
    ("leases.md", "leasehold-leases", 7, "seeing, renewing and ending leases"),
    ("exec-plugin.md", "leasehold-exec-plugin", 7, "what clients and leasehold say to each other"),
    ("infisical.md", "leasehold-infisical", 7, "leases of Infisical's dynamic secrets"),
    ("vault.md", "leasehold-vault", 7, "leases of Vault and OpenBao"),
    ("exec.md", "leasehold-exec-provider", 7, "the credentials of another exec plugin, kept"),
    ("run.md", "leasehold-run", 7, "a command with leases of its own"),
]
# Also ends an indented block, which scdoc leaves open at the end of its input.
SEE_ALSO = "\n# SEE ALSO\n\n*leasehold*(1)\n"


def program_says(program, *arguments):
    environment = {"HOME": "/nonexistent", "PATH": "/usr/bin:/bin"}
    return subprocess.run([program, *arguments], env=environment, check=True, text=True,
                          capture_output=True, stdin=subprocess.DEVNULL).stdout


def commands_of(program):
    """(words, summary) of every command, in the order of the overview."""
    found = re.findall(r"^  (\S+(?: \S+)*?)  +(\S.*)$", program_says(program, "--help"), re.M)
    return [(words, summary) for words, summary in found if not words.startswith("leasehold ")]


def header(name, section, about, version):
    return "%s(%d) \"leasehold %s\" \"leasehold\"\n\n# NAME\n\n%s - %s\n\n" % (
        name, section, version, name, escape(about))


def examples(lines):
    """Those that a help text begins with, and what follows them."""
    lines = lines[next((at for at, line in enumerate(lines) if line.strip()), 0):]
    count = next((at for at, line in enumerate(lines) if not line.startswith("  ")), len(lines))
    return [line[2:] for line in lines[:count]], lines[count:]


def command_text(program, words, level):
    """Usage, meaning and options of one command, from its help."""
    lines = program_says(program, *words.split(), "--help", "--all").splitlines()
    usage = lines[0].removeprefix("Usage: ")
    parts, heading = [[None, []]], re.compile(r"^[A-Z].*:$")
    for line in lines[1:]:
        if heading.match(line):
            parts.append([line[:-1], []])
        else:
            parts[-1][1].append(line)
    out = ["*%s*\n" % escape(usage)]
    for title, body in parts:
        if title is None:
            shown, told = examples(body)
            out.append(code(shown))
            out.extend(paragraph(escape(text)) + "\n" for text in told if text.strip())
            continue
        out.append("%s %s\n" % (level, title if level == "##" else title.upper()))
        out.append(options(body))
    return "\n".join(out)


def group_page(program, group, commands, version):
    """A page for a command, or for all commands that begin with its word."""
    name = "leasehold-" + group
    if [words for words, _ in commands] == [group]:
        words, about = commands[0]
        text = command_text(program, words, "#")
        return name, header(name, 1, about, version) + "# SYNOPSIS\n\n" + text + SEE_ALSO
    out = [header(name, 1, "commands that begin with '%s'" % group, version)]
    for words, _ in commands:
        out.append("# %s\n\n%s" % (words.upper(), command_text(program, words, "##")))
    return name, "\n".join(out) + SEE_ALSO


def topics_of(program):
    return re.findall(r"^  (\S+) +(\S.*)$", program_says(program, "help", "topics"), re.M)


def topic_page(program, topic, about, version):
    name = "leasehold-" + topic
    # What follows an overview of commands is in their own page.
    text = program_says(program, "help", topic).partition("\nUsage: ")[0]
    shown, told = examples(text.splitlines()[1:])
    return name, "%s# EXAMPLES\n\n%s\n# DESCRIPTION\n\n%s" % (
        header(name, 7, about, version), code(shown), terms(told)) + SEE_ALSO


def section_of(markdown, title):
    found = re.search(r"^## %s\n(.*?)(?=^## |\Z)" % title, markdown, re.M | re.S)
    return found.group(1) if found else ""


def main_page(program, docs, groups, version):
    out = [header("leasehold", 1, "short-lived Kubernetes credentials", version),
           "# SYNOPSIS\n\n*leasehold* _COMMAND_ \\[OPTIONS\\]\n\n*kubectl leasehold* _COMMAND_ "
           "\\[OPTIONS\\]\n", "# DESCRIPTION\n",
           "Leases short-lived Kubernetes tokens, keeps them in the secret store, and hands them to "
           "kubectl and every other client of client.authentication.k8s.io.\n", "# COMMANDS\n"]
    for group, commands in groups.items():
        for words, about in commands:
            out.append("*%s*\n\t%s. See *leasehold-%s*(1).\n" % (
                escape(words), escape(about), escape(group)))
    with open(os.path.join(docs, "troubleshooting.md"), encoding="utf-8") as file:
        out.append("# EXIT STATUS\n\n" + document(section_of(file.read(), "Exit codes")))
    out.append("# SEE ALSO\n\n" + ", ".join(
        "*%s*(%d)" % (page, section) for text, page, section, _ in DOCUMENTS
        if os.path.exists(os.path.join(docs, text))) + ", *kubectl*(1)\n")
    return "\n".join(out)


def all_pages(program, docs):
    """(name, section) and the text of each, for scdoc(5)."""
    version = program_says(program, "version").split()[1]
    groups = {}
    for words, about in commands_of(program):
        groups.setdefault(words.split()[0], []).append((words, about))
    yield "leasehold", 1, main_page(program, docs, groups, version)
    for group, commands in groups.items():
        name, text = group_page(program, group, commands, version)
        yield name, 1, text
    taken = {name for _, name, _, _ in DOCUMENTS} | {"leasehold-" + group for group in groups}
    for topic, about in topics_of(program):
        if "leasehold-" + topic not in taken:
            name, text = topic_page(program, topic, about, version)
            yield name, 7, text
    for file_name, name, section, about in DOCUMENTS:
        path = os.path.join(docs, file_name)
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                body = document(file.read())
            if not body.lstrip().startswith("#"):
                body = "# DESCRIPTION\n\n" + body
            yield name, section, header(name, section, about, version) + body + SEE_ALSO


def make_pages(program, docs, scdoc, out):
    for name, section, text in all_pages(program, docs):
        directory = os.path.join(out, "man", "man%d" % section)
        os.makedirs(directory, exist_ok=True)
        page = subprocess.run([scdoc], input=text, check=True, text=True, capture_output=True).stdout
        with open(os.path.join(directory, "%s.%d" % (name, section)), "w",
                  encoding="utf-8") as file:
            file.write(page)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    make_pages(*sys.argv[1:])
