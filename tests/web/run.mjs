// The browser test: node run.mjs PATH/TO/gilscope [part of a test's name]. Ends with "N passed, N failed" and
// a status that says the same. CHROMIUM names another browser, GILSCOPE_WEB_MODULES the folder that has
// node_modules.
import path from 'node:path';
import {startLab} from './lab.mjs';
import * as access from './test-access.mjs';
import * as form from './test-form.mjs';
import * as openapi from './test-openapi.mjs';
import * as prefix from './test-prefix.mjs';
import * as result from './test-result.mjs';
import * as room from './test-room.mjs';
import * as run from './test-run.mjs';
import * as runtimes from './test-runtimes.mjs';
import * as signs from './test-signs.mjs';
import * as text from './test-text.mjs';

const TEST_SECONDS = 120;
const [binary, only = ''] = process.argv.slice(2);

if (!binary) {
    console.error('usage: node run.mjs PATH/TO/gilscope [PART OF A TEST NAME]');
    process.exit(2);
}

function late(seconds) {
    return new Promise((_, reject) =>
        setTimeout(reject, seconds * 1000, new Error(`not over after ${seconds} s`)).unref(),
    );
}

// A test gets the page, freshly opened, open() for further ones, and serve() for a server of its own. It also
// fails by whatever the browser complained about meanwhile.
async function runTest(lab, name, test) {
    const start = Date.now();
    const opened = [];
    const open = async (hash, view) => {
        const view_ = await lab.open(hash, view);

        opened.push(view_);
        return view_;
    };

    try {
        const {page} = await open();

        await Promise.race([test({page, open, base: lab.base, serve: lab.serve}), late(TEST_SECONDS)]);
        const problems = opened.flatMap((view) => view.problems);

        if (problems.length > 0) throw new Error(problems.join('\n'));
        console.log(`ok      ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
        return true;
    } catch (error) {
        console.log(`FAILED  ${name}\n${error.stack.replace(/^/gm, '        ')}`);
        return false;
    } finally {
        await Promise.all(opened.map((view) => view.close()));
    }
}

const tests = Object.entries({
    ...text,
    ...form,
    ...run,
    ...result,
    ...signs,
    ...room,
    ...prefix,
    ...access,
    ...openapi,
    ...runtimes,
}).filter(([name]) => name.includes(only));
const lab = await startLab(path.resolve(binary));
let passed = 0;
let failed = 0;

try {
    for (const [name, test] of tests)
        (await runTest(lab, name.replaceAll('_', ' '), test)) ? passed++ : failed++;
} finally {
    await lab.finish().then(
        () => passed++,
        (error) => {
            console.log(`FAILED  the server ends cleanly\n${error.stack}`);
            failed++;
        },
    );
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || tests.length === 0 ? 1 : 0);
