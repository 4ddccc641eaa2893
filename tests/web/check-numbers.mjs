// The numbers of the page by the cases that the server's are tested against. Needs node and nothing else:
// node check-numbers.mjs PATH-OF-THE-SOURCES. The browser suite asks the same of the browser's own engine.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

const root = process.argv[2] ?? '.';
const cases = JSON.parse(fs.readFileSync(path.join(root, 'tests/cases/numbers.json'), 'utf8'));
// Older versions of node take a file named .js for no module, and a text of this type for one.
const source = fs.readFileSync(path.join(root, 'static/core/format.js'), 'utf8');
const format = await import(`data:text/javascript,${encodeURIComponent(source)}`);
const {writeCases} = await import('./number-cases.mjs');

assert.deepEqual(writeCases(cases, format), cases);
console.log('the page writes all numbers as the server does');
