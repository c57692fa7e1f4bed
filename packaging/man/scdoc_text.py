"""Text, help and Markdown as scdoc(5) takes them."""

import re

SPECIAL = re.compile(r"([\\*_`#\[\]<>~|])")


def escape(text):
    return SPECIAL.sub(r"\\\1", text)


def inline(markdown):
    """Bold for what is typed, plain text for links and emphasis."""
    parts = re.split(r"(`[^`]*`)", markdown)
    out = []
    for part in parts:
        if part.startswith("`"):
            out.append("*%s*" % escape(part[1:-1]))
        else:
            part = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", part)
            out.append(escape(part.replace("**", "")))
    # scdoc refuses bold that touches a word, and two bolds that touch.
    text = "".join(out)
    return re.sub(r"\*(?=\w)(?<=\w\*)", "* ", text)


def paragraph(text):
    """A line cannot begin with what scdoc would take for markup."""
    return re.sub(r"^([.\-])", r"\\\1", text)


def cells(row):
    """Of a Markdown table's row; an escaped bar is a bar."""
    return [cell.strip().replace("\0", "|")
            for cell in row.replace("\\|", "\0").strip().strip("|").split("|")]


def table(rows):
    """A list of terms: what fits no terminal as a table is read as one."""
    head, body = cells(rows[0]), [cells(row) for row in rows[2:]]
    out = []
    for row in body:
        meaning = [inline("%s: %s" % (name, cell) if name not in ("", "meaning") else cell)
                   for name, cell in zip(head[1:-1], row[1:-1]) if cell]
        meaning += [inline(cell) for cell in row[max(1, len(head) - 1):] if cell]
        out.append("%s\n\t%s\n" % (paragraph(inline(row[0] or "-")),
                                  paragraph("; ".join(meaning) or "-")))
    return "\n".join(out)


def code(lines):
    lines = [line.replace("\\", "\\\\").replace("```", "'''") for line in lines]
    return "```\n" + "\n".join(lines) + "\n```\n"


def blocks(markdown):
    """(kind, lines) of a document, in order."""
    kind, lines = None, []
    for line in markdown.splitlines() + [""]:
        if kind == "code":
            if line.startswith("```"):
                yield kind, lines
                kind, lines = None, []
            else:
                lines.append(line)
            continue
        new = ("code" if line.startswith("```") else "table" if line.startswith("|")
               else "head" if line.startswith("#") else "item" if line.startswith("- ")
               else "text" if line.strip() else None)
        if new != kind or new in ("head", "item"):
            if kind:
                yield kind, lines
            kind, lines = new, []
        if new and new != "code":
            lines.append(line)


def document(markdown):
    """A Markdown document without its title."""
    out = []
    for kind, lines in blocks(markdown):
        if kind == "head":
            level = len(lines[0]) - len(lines[0].lstrip("#"))
            words = lines[0].lstrip("# ").replace("`", "")
            if level > 1:
                out.append(("# " + words.upper() if level == 2 else "## " + words) + "\n")
        elif kind == "code":
            out.append(code(lines))
        elif kind == "table":
            out.append(table(lines))
        elif kind == "item":
            out.append("- " + inline(lines[0][2:]) + "\n")
        else:
            out.append(paragraph(inline(" ".join(lines))) + "\n")
    return "\n".join(out)


OPTION = re.compile(r"^  (-\S.*?)(?:  +(\S.*))?$")


def options(lines):
    """The options of a help text: terms with what they mean."""
    out = []
    for line in lines:
        found = OPTION.match(line)
        if found:
            flag, meaning = found.group(1), found.group(2) or ""
            # "--output ] FORMAT table …": one space parts a long flag from its meaning.
            if not meaning and " ] " in flag:
                flag, _, rest = flag.rpartition(" ] ")
                word, _, meaning = rest.partition(" ")
                flag += " ] " + word
            flag = re.sub(r"\[ (.*) \]", r", \1", flag).replace(" ,", ",")
            out.append(["*%s*" % escape(flag), meaning])
        elif line.strip() and out:
            out[-1][1] += " " + line.strip()
    return "\n".join("%s\n\t%s\n" % (flag, escape(meaning.strip())) for flag, meaning in out)


TERM = re.compile(r"^  (\S.*?)  +(\S.*)$")


def terms(lines):
    """Paragraphs, and terms with what they mean."""
    out = []
    for line in lines:
        found = TERM.match(line)
        if found:
            out.append("*%s*\n\t%s\n" % (escape(found.group(1)),
                                          paragraph(escape(found.group(2)))))
        elif line.strip():
            out.append(paragraph(escape(line)) + "\n")
    return "\n".join(out)
