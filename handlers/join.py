#!/usr/bin/env python3
"""Joins the modules that the page begins with into one file, first.js, by esbuild. A browser needs some milliseconds for
each module, however small it is, and on a slow phone twenty: 35 of them took a quarter of the time until the page could
be used.

Usage: join.py ESBUILD PAGE OUTPUT DEPFILE BEGINNING...
The BEGINNINGs and what they import, and what these import, are joined; what is imported later (`import()`) stays as it
is. Into the folder OUTPUT go first.js, each joined module's own address, which hands on what first.js has, so that
nothing is there twice whoever asks for it, and index.html, which asks for first.js.
"""
import os
import pathlib
import re
import subprocess
import sys

IMPORT = re.compile(r"^(?:import|\}) [^;]*?from '([^']+)';", re.M)
EXPORT = re.compile(r'^export (?:async )?(?:function\*?|const|let|class) (\w+)', re.M)
FIRST = 'first.js'


def joined_by(page, beginnings):
    """Paths below the page, in the order in which they were found."""
    found = {page / name: None for name in beginnings}
    queue = list(found)
    for path in queue:
        for name in IMPORT.findall(path.read_text()):
            imported = (path.parent / name).resolve()
            if not imported.is_file():
                sys.exit(f'{path.relative_to(page)} imports {name}, which is not there')
            if imported not in found:
                found[imported] = None
                queue.append(imported)
    return [path.relative_to(page).as_posix() for path in found]


def name_in_first(path, name):
    """What first.js calls an export: two modules may have one of the same name."""
    return re.sub(r'\W', '_', path.removesuffix('.js')) + '__' + name


def exports(page, path):
    """The names that a module exports, in its order."""
    return EXPORT.findall((page / path).read_text())


def entry_of(page, paths):
    """The module that esbuild begins with: it has all exports of all modules, and runs each."""
    lines = [f"export {{{name} as {name_in_first(path, name)}}} from './{path}';"
             for path in paths for name in exports(page, path)]
    return '\n'.join(lines + [f"import './{path}';" for path in paths]) + '\n'


def join(esbuild, page, paths):
    """The text of first.js. What is not joined is another file to it, named as from the page's folder."""
    others = [path for path in page.rglob('*.js') if path.relative_to(page).as_posix() not in paths]
    made = subprocess.run([esbuild, '--bundle', '--format=esm', '--charset=utf8', '--log-level=warning',
                           *(f'--external:{path}' for path in others)],
                          input=entry_of(page, paths), capture_output=True, text=True, cwd=page, check=False)
    if made.returncode or made.stderr:
        sys.exit(f'{esbuild}: {made.stderr}')
    if re.search(r'^import ', made.stdout, re.M):
        sys.exit('a module that is imported at the beginning was not joined')
    return made.stdout


def stub_of(page, path):
    """What stands at a joined module's own address: its exports, from first.js."""
    first = '../' * path.count('/') + FIRST if '/' in path else './' + FIRST
    handed = ', '.join(f'{name_in_first(path, name)} as {name}' for name in exports(page, path))
    return f"export {{{handed}}} from '{first}';\n" if handed else f"import '{first}';\n"


def main(esbuild, page, output, depfile, *beginnings):
    page, output = pathlib.Path(page).resolve(), pathlib.Path(output)
    paths = joined_by(page, beginnings)
    index = (page / 'index.html').read_text()
    asked = f'<script src="{beginnings[0]}" type="module"></script>'
    if asked not in index:
        sys.exit(f'index.html does not ask for {beginnings[0]}')
    texts = {path: stub_of(page, path) for path in paths}
    texts[FIRST] = join(esbuild, page, paths)
    # The router asks for a view by its own address, and need not wait for that file either.
    stubs = ''.join(f'\n<link rel="modulepreload" href="{name}">' for name in beginnings[1:])
    texts['index.html'] = index.replace(asked, f'<script src="{FIRST}" type="module"></script>{stubs}')
    for path, text in texts.items():
        (output / path).parent.mkdir(parents=True, exist_ok=True)
        (output / path).write_text(text)
    for path in output.rglob('*'):
        if path.is_file() and path.relative_to(output).as_posix() not in texts:
            path.unlink()
    # What stands in a folder does not make it younger, and ninja looks at the folder.
    os.utime(output)
    sources = [page, *sorted(path for path in page.rglob('*') if path.is_dir() or path.suffix in ('.js', '.html'))]
    names = ' \\\n '.join(str(path).replace(' ', '\\ ') for path in sources)
    pathlib.Path(depfile).write_text(f'{output}: \\\n {names}\n')


main(*sys.argv[1:])
