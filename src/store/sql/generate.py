"""Makes C constants of .sql files: generate.py queries FILE.sql OUT.c OUT.h, or generate.py migrations OUT.c NNNN_name.sql ...

The same text serves both engines. What differs is marked:
    {integer} {bytes} {text}   the engine's words for 64-bit integers, bytes, and text that sorts by its bytes
    {strict}                   behind a table's closing bracket: SQLite keeps to the columns' types then
    {for_update}               locks the rows read until the transaction ends (SQLite has one writer anyway)
    -- sqlite:                 what follows is for SQLite alone, up to the next such line
    -- postgresql:             likewise
    -- both:                   ends such a part
A file of queries is made of named statements: `-- name: audit_add` begins one, the constant is pl_sql_audit_add.
"""
import hashlib
import os
import re
import sys

WORDS = {
    "integer": ("INTEGER", "BIGINT"),
    "bytes": ("BLOB", "BYTEA"),
    "text": ("TEXT", 'TEXT COLLATE "C"'),
    "strict": ("STRICT", ""),
    "for_update": ("", "FOR UPDATE"),
}
PARTS = {"-- sqlite:": (True, False), "-- postgresql:": (False, True), "-- both:": (True, True)}


def fail(text):
    sys.exit("generate.py: " + text)


def dialects(path, lines):
    """The text for each engine, comments left out."""
    texts, wanted = ([], []), (True, True)
    for line in lines:
        if line.strip() in PARTS:
            wanted = PARTS[line.strip()]
            continue
        if line.lstrip().startswith("--"):
            continue
        for engine in (0, 1):
            if wanted[engine]:
                texts[engine].append(re.sub(r"\{(\w+)\}", lambda m: word(path, m.group(1))[engine], line))
    return ["".join(t).strip() for t in texts]


def word(path, name):
    return WORDS.get(name) or fail("%s: {%s} is not known" % (path, name))


def c_text(text):
    out = []
    for line in text.splitlines(keepends=True):
        out.append('"%s"' % line.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("?", "\\?"))
    return "\n    ".join(out) or '""'


def queries(path, out_c, out_h):
    found, name = {}, None
    for line in open(path, encoding="utf-8"):
        begin = re.match(r"-- name: ([a-z][a-z0-9_]*)\s*$", line)
        if begin:
            name = begin.group(1)
            if name in found:
                fail("%s: %s is there twice" % (path, name))
            found[name] = []
        elif name:
            found[name].append(line)
        elif line.strip() and not line.startswith("--"):
            fail("%s: text before the first -- name:" % path)
    header = os.path.basename(out_h)
    guard = "PLUMBLINE_" + re.sub(r"\W", "_", header).upper()
    with open(out_h, "w", encoding="utf-8") as h:
        h.write("#ifndef %s\n#define %s\n#include \"store/statement.h\"\n" % (guard, guard))
        h.writelines("extern const pl_statement pl_sql_%s;\n" % n for n in found)
        h.write("#endif\n")
    with open(out_c, "w", encoding="utf-8") as c:
        c.write('#include "%s"\n' % header)
        for n, lines in found.items():
            sqlite, postgresql = dialects(path, lines)
            parameters = max([int(p) for p in re.findall(r"\$(\d+)", sqlite + postgresql)] or [0])
            c.write("const pl_statement pl_sql_%s = {\n    \"%s\",\n    %s,\n    %s,\n    %d};\n"
                    % (n, n, c_text(sqlite), c_text(postgresql), parameters))


def migrations(out_c, paths):
    beside = os.path.dirname(paths[0])
    there = sorted(f for f in os.listdir(beside) if re.match(r"\d{4}_.*\.sql$", f))
    if there != [os.path.basename(p) for p in paths]:
        fail("src/store/meson.build lists other migrations than lie in %s" % beside)
    with open(out_c, "w", encoding="utf-8") as c:
        c.write('#include "store/migrate.h"\nconst pl_migration pl_migrations[] = {\n')
        for at, path in enumerate(paths, 1):
            number, name = re.match(r"(\d{4})_(\w+)\.sql$", os.path.basename(path)).groups()
            if int(number) != at:
                fail("%s: its number should be %04d" % (path, at))
            raw = open(path, "rb").read()
            sqlite, postgresql = dialects(path, raw.decode("utf-8").splitlines(keepends=True))
            c.write("    {%d,\n    \"%s\",\n    \"%s\",\n    %s,\n    %s},\n"
                    % (at, name, hashlib.sha256(raw).hexdigest(), c_text(sqlite), c_text(postgresql)))
        c.write("};\nconst size_t pl_migration_count = sizeof pl_migrations / sizeof *pl_migrations;\n")


if sys.argv[1] == "queries":
    queries(*sys.argv[2:5])
else:
    migrations(sys.argv[2], sys.argv[3:])
