// The API document in the eyes of a public linter. What it says is held against the server elsewhere, in
// tests/api.
import {execFile} from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {promisify} from 'node:util';
import {modules} from './lab.mjs';

// It would like to tell its makers that it was used, and whether there is a newer one.
const QUIET = {REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true'};

export async function a_linter_finds_no_fault_in_the_api_document({base}) {
    const file = path.join(os.tmpdir(), 'openapi.json');
    const program = path.join(path.dirname(modules.resolve('@redocly/cli/package.json')), 'bin', 'cli.js');
    const answer = await fetch(`${base}/openapi.json`);

    await fs.writeFile(file, await answer.text());
    // Its status is not 0 if it finds errors; they stand in what it prints all the same.
    const {stdout} = await promisify(execFile)(
        process.execPath,
        [program, 'lint', '--extends=recommended', '--format=json', file],
        {env: {...process.env, ...QUIET}, cwd: os.tmpdir(), maxBuffer: 1 << 24},
    ).catch((error) => error);
    const {totals, problems} = JSON.parse(stdout);

    if (totals.errors + totals.warnings > 0)
        throw new Error(
            problems.map(({message, location}) => `${location[0].pointer}: ${message}`).join('\n'),
        );
}
