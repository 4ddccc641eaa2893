#!/usr/bin/env python3
"""What the page's modules and its tests import, they use, and what a module of the page exports, somebody imports: the
page, its tests, or a test that asks for it by name in the browser.

Usage: check-imports.py ROOT, or check-imports.py --self-test. Prints what is not so; the last line counts.
"""
import pathlib
import re
import sys
import tempfile

IMPORT = re.compile(r"^import\s*\{([^}]*)\}\s*from\s*'[^']*';", re.M)
EXPORT = re.compile(r'^export (?:async )?(?:function\*?|const|let|class) (\w+)', re.M)
COMMENT = re.compile(r'^\s*//.*$', re.M)


def names(text):
    """The names that a list in braces brings in: `a, b as c` gives a and c."""
    return [part.split(' as ')[-1].strip() for part in text.split(',') if part.strip()]


def unused(text):
    rest = IMPORT.sub('', COMMENT.sub('', text))
    return [name for found in IMPORT.finditer(text) for name in names(found[1]) if not re.search(rf'\b{name}\b', rest)]


def faults_of(root, files):
    texts = {path: COMMENT.sub('', path.read_text()) for path in files}
    for path, text in texts.items():
        yield from (f'{path.relative_to(root)}: imports {name} and does not use it' for name in unused(text))
        if path.suffix != '.js':
            continue
        others = '\n'.join(other for at, other in texts.items() if at != path)
        for name in EXPORT.findall(text):
            if not re.search(rf'\b{name}\b', others):
                yield f'{path.relative_to(root)}: exports {name}, which nobody imports'


def files_of(root):
    return sorted([*root.glob('static/**/*.js'), *root.glob('tests/web/*.mjs')])


def main(root):
    files = files_of(root)
    faults = list(faults_of(root, files))
    for fault in faults:
        print(fault)
    print(f'{len(files)} files, {len(faults)} faults')
    return 1 if faults or not files else 0


MODULES = {
    'static/a.js': "import {\n    used,\n    idle,\n    far as near,\n} from './b.js';\n// idle\nexport const A = [...used, near];\n",
    'static/b.js': "export const used = [];\nexport function idle() {}\nexport async function far() {}\nexport class Dead {}\n",
    'tests/web/c.mjs': "const {A} = await import('/a.js');\nexport const own = A;\n",
}


def self_test():
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in MODULES.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        found = list(faults_of(root, files_of(root)))
    wanted = ['static/a.js: imports idle and does not use it', 'static/b.js: exports Dead, which nobody imports']
    if found != wanted:
        print(*found, sep='\n')
    return found != wanted


if __name__ == '__main__':
    sys.exit(self_test() if sys.argv[1] == '--self-test' else main(pathlib.Path(sys.argv[1])))
