"""What the tests of workbooks share: a reader that knows what the standard says, and LibreOffice where it is installed."""
import csv
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as xml
import zipfile

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
LACKING = "skipped: LibreOffice (libreoffice-calc-nogui) is not installed"


def run(*command, status=0):
    """Runs a command that must end with this status. Returns what it wrote to standard output and standard error."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert done.returncode == status, (command, done.returncode, done.stderr)
    return done.stdout, done.stderr


def rows(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def has_office():
    return shutil.which("soffice") is not None


def to_csv(workbook, folder):
    """Each sheet as FOLDER/SHEET.csv, with all digits of its numbers."""
    stem = os.path.splitext(os.path.basename(workbook))[0]
    run("soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to",
        "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1", "--outdir", folder, workbook)
    found = [name for name in os.listdir(folder) if name.startswith(stem + "-") and name.endswith(".csv")]
    for name in found:
        os.rename(os.path.join(folder, name), os.path.join(folder, name[len(stem) + 1:]))
    return sorted(name[len(stem) + 1:-4] for name in found)


def text_of(element):
    """Signs that XML cannot hold stand in a text as _x0001_, and what looks like one as _x005F_x0001_."""
    text = "".join(part.text or "" for part in element.iter(MAIN + "t"))
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match.group(1), 16)), text)


class Sheet:
    def __init__(self, name, root, strings):
        self.name = name
        self.root = root
        self.cells = {}
        self.formulas = {}
        self.numbers = set()
        for cell in root.iter(MAIN + "c"):
            value, formula = cell.find(MAIN + "v"), cell.find(MAIN + "f")
            place, kind = cell.get("r"), cell.get("t")
            if formula is not None:
                self.formulas[place] = formula.text
            if kind == "inlineStr":
                self.cells[place] = text_of(cell)
            elif kind == "s":
                self.cells[place] = strings[int(value.text)]
            elif value is not None:
                self.cells[place] = value.text or ""
                if kind != "str":
                    self.numbers.add(place)

    def texts(self):
        return list(self.cells.values())

    def links(self):
        """Sheets that cells lead to, by cell."""
        found = {link.get("ref"): link.get("location") for link in self.root.iter(MAIN + "hyperlink")}
        return {cell: target[1:-len("'!A1")].replace("''", "'") for cell, target in found.items()}

    def rows(self):
        """The cells as rows of texts, the way a CSV file has them."""
        found = []
        for place, text in self.cells.items():
            letters, number = re.fullmatch("([A-Z]+)([0-9]+)", place).groups()
            column = 0
            for letter in letters:
                column = column * 26 + ord(letter) - 64
            while len(found) < int(number):
                found.append([])
            row = found[int(number) - 1]
            row.extend([""] * (column - len(row)))
            row[column - 1] = text
        return found


def read(path):
    """The worksheets of a workbook, by name, in order."""
    with zipfile.ZipFile(path) as package:
        def part(name):
            return xml.fromstring(package.read(name))
        strings = []
        if "xl/sharedStrings.xml" in package.namelist():
            strings = [text_of(item) for item in part("xl/sharedStrings.xml").iter(MAIN + "si")]
        targets = {item.get("Id"): item.get("Target") for item in part("xl/_rels/workbook.xml.rels")}
        sheets = {}
        for item in part("xl/workbook.xml").iter(MAIN + "sheet"):
            target = targets[item.get(RELATION + "id")]
            if target.startswith("worksheets/"):
                sheets[item.get("name")] = Sheet(item.get("name"), part("xl/" + target), strings)
        return sheets


def defined_names(path):
    """What a workbook's names refer to, such as the rows that are printed on every page."""
    with zipfile.ZipFile(path) as package:
        root = xml.fromstring(package.read("xl/workbook.xml"))
    return [(item.get("name"), item.text) for item in root.iter(MAIN + "definedName")]
