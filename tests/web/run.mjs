// The browser test: node run.mjs PATH/TO/gilscope [WHAT...]. Runs every exported function of the files test-*.mjs beside
// this one; with WHAT only those with one of these texts in "test-FILE: name of the test". Ends with
// "N passed, N failed" and a status that says the same. CHROMIUM names another browser, GILSCOPE_WEB_MODULES the
// folder that has node_modules, and GILSCOPE_WEB_SLOW makes the page slow (lab.mjs).
import fs from 'node:fs/promises';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {startLab} from './lab.mjs';

const TEST_SECONDS = 240;
const folder = path.dirname(fileURLToPath(import.meta.url));
const [binary, ...wanted] = process.argv.slice(2);

if (!binary) {
    console.error('usage: node run.mjs PATH/TO/gilscope [PART OF "test-FILE: NAME"...]');
    process.exit(2);
}

// The tests as [title, function], in the order of the files' names and, within a file, as the module lists them.
async function findTests() {
    const names = (await fs.readdir(folder)).filter((name) => /^test-.*\.mjs$/.test(name)).sort();
    const ofFile = async (name) =>
        Object.entries(await import(`./${name}`)).map(([test, run]) => [
            `${path.basename(name, '.mjs')}: ${test.replaceAll('_', ' ')}`,
            run,
        ]);
    const tests = (await Promise.all(names.map(ofFile))).flat();

    return tests.filter(([title]) => wanted.length === 0 || wanted.some((part) => title.includes(part)));
}

function late(seconds) {
    return new Promise((_, reject) =>
        setTimeout(reject, seconds * 1000, new Error(`not over after ${seconds} s`)).unref(),
    );
}

// A test gets the page, freshly opened, axe() for what is wrong with it, open() for further ones, serve() for a server
// of its own and restart() for one that goes away and comes back. It also fails by whatever the browser complained
// about meanwhile.
async function runTest(lab, title, test) {
    const start = Date.now();
    const opened = [];
    const open = async (hash, view) => {
        const view_ = await lab.open(hash, view);

        opened.push(view_);
        return view_;
    };

    try {
        const {page, axe} = await open();

        const {base, serve, restart} = lab;

        await Promise.race([test({page, axe, open, base, serve, restart}), late(TEST_SECONDS)]);
        const problems = opened.flatMap((view) => view.problems);

        if (problems.length > 0) throw new Error(problems.join('\n'));
        console.log(`ok      ${title} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
        return true;
    } catch (error) {
        console.log(`FAILED  ${title}\n${error.stack.replace(/^/gm, '        ')}`);
        return false;
    } finally {
        await Promise.all(opened.map((view) => view.close()));
    }
}

const tests = await findTests();
const lab = await startLab(path.resolve(binary));
const failed = [];
let passed = 0;

try {
    for (const [title, test] of tests)
        if (await runTest(lab, title, test)) passed++;
        else failed.push(title);
} finally {
    await lab.finish().then(
        () => passed++,
        (error) => {
            console.log(`FAILED  the server ends cleanly\n${error.stack}`);
            failed.push('the server ends cleanly');
        },
    );
}
// Once more at the end, because often only that is seen.
for (const title of failed) console.log(`FAILED  ${title}`);
console.log(`${passed} passed, ${failed.length} failed`);
process.exit(failed.length > 0 || tests.length === 0 ? 1 : 0);
