// What every test stands on: a real server on a free port, a real browser, and nothing left of either
// afterwards. Only processes that were started here are ended, and everything they write goes to one
// temporary folder that is removed.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import fs from 'node:fs/promises';
import {createRequire} from 'node:module';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

const BROWSER = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking'];

// Node modules are looked for beside this file, or in GILSCOPE_WEB_MODULES, so that they need not be
// installed into the source tree.
export const modules = createRequire(
    path.join(
        process.env.GILSCOPE_WEB_MODULES ?? path.dirname(new URL(import.meta.url).pathname),
        'package.json',
    ),
);

async function freePort() {
    const server = net.createServer().listen(0, '127.0.0.1');

    await once(server, 'listening');
    const {port} = server.address();

    server.close();
    await once(server, 'close');
    return port;
}

// Waits until a condition holds. what() says in the error how it was in the end.
export async function until(what, seconds, condition) {
    for (const end = Date.now() + seconds * 1000; !(await condition());) {
        if (Date.now() >= end) throw new Error(`${await what()}: not within ${seconds} s`);
        await new Promise((done) => setTimeout(done, 50));
    }
}

// Tests name the runtimes that they want besides the engine: to ask all that a machine has takes seconds.
const NO_INTERPRETERS = Object.fromEntries(['PYTHON3', 'PYPY3', 'JYTHON', 'RUBY'].map((name) => [`GILSCOPE_RUNTIMES_${name}`, '']));

// before: words of a command that the server is started by, such as taskset.
async function startServer(binary, folder, settings = [], before = [], port = 0) {
    port ||= await freePort();
    const archive = path.join(folder, `archive-${port}.db`);
    const all = [`server.port=${port}`, `archive.path=${archive}`, ...settings];
    const [command, ...words] = [...before, binary, ...all.flatMap((setting) => ['--set', setting])];
    const child = spawn(command, words, {
        cwd: folder,
        env: { ...process.env, ...NO_INTERPRETERS },
        stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = [];
    const base = `http://127.0.0.1:${port}`;

    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => log.push(data));
    const ended = once(child, 'exit');

    ended.catch(() => {});
    await until(() => 'the server answers', 10, async () => {
        if (child.exitCode !== null || child.signalCode !== null)
            throw new Error(`the server ended by itself:\n${log.join('')}`);
        return fetch(`${base}/experiments`).then(
            (answer) => answer.ok,
            () => false,
        );
    });
    return {base, log, ended, child, again: () => startServer(binary, folder, settings, before, port)};
}

// Ends the server as an operator would; one that does not listen is killed and reported.
async function stopServer({child, ended, log}) {
    if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        const timer = setTimeout(() => child.kill('SIGKILL'), 15000);

        await ended;
        clearTimeout(timer);
    }
    if (child.exitCode !== 0)
        throw new Error(`the server ended with ${child.signalCode ?? child.exitCode}:\n${log.join('')}`);
}

// flags: further ones for the browser.
export async function startLab(binary, flags = []) {
    const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'gilscope-web-'));
    const servers = [];
    const takenAway = new Set(); // addresses
    let browser = null;

    // Whatever the browser and its driver keep on disk follows these.
    Object.assign(process.env, {
        TMPDIR: folder,
        HOME: folder,
        XDG_CONFIG_HOME: folder,
        XDG_CACHE_HOME: folder,
    });

    const finish = async () => {
        await browser?.close();
        try {
            for (const server of servers) await stopServer(server);
        } finally {
            await fs.rm(folder, {recursive: true, force: true, maxRetries: 5, retryDelay: 200});
        }
    };

    try {
        // A test that needs other settings starts a server of its own.
        const serve = async (settings, before) => {
            servers.push(await startServer(binary, folder, settings, before));
            return servers.at(-1).base;
        };
        const base = await serve();
        // The same server, with the same archive, after it was away; what is done meanwhile finds none.
        const restart = async (address, meanwhile = async () => {}) => {
            const at = servers.findIndex((server) => server.base === address);
            const [former] = servers.splice(at, 1);

            takenAway.add(address);
            await stopServer(former);
            await meanwhile();
            servers.push(await former.again());
        };

        browser = await modules('playwright-core').chromium.launch({executablePath: BROWSER, args: [...FLAGS, ...flags]});
        const axe = await fs.readFile(modules.resolve('axe-core/axe.min.js'), 'utf8');

        const openView = (hash, view) => {
            const at = view?.base ?? base;

            return open({browser, base: at, axeSource: axe, wasTakenAway: () => takenAway.has(at)}, hash, view);
        };

        return {base, serve, restart, finish, open: openView};
    } catch (error) {
        await finish().catch(() => {});
        throw error;
    }
}

// A slow machine, to find tests that wait for a moment where they should wait for a condition: GILSCOPE_WEB_SLOW=6 gives
// the page a sixth of the CPU, and delays each answer by up to a third of a second.
async function slowDown(context, page) {
    const rate = Number(process.env.GILSCOPE_WEB_SLOW ?? 1);

    if (rate <= 1) return;
    const session = await context.newCDPSession(page);

    await session.send('Emulation.setCPUThrottlingRate', {rate});
    await context.route('**', async (route) => {
        await new Promise((done) => setTimeout(done, Math.random() * 333));
        await route.fallback().catch(() => {});
    });
}

// Opens the page in a context of its own. Returns {page, problems, axe, close}: problems collects what the
// console, the Content-Security-Policy and the network complained about; wasTakenAway() says whether the test has done
// that to the server.
// The lab is what most tests are about.
async function open({browser, base, axeSource, wasTakenAway}, hash = '#lab/countdown', {width = 1400, height = 1000, dark = false} = {}) {
    const context = await browser.newContext({
        viewport: {width, height},
        colorScheme: dark ? 'dark' : 'light',
        permissions: ['clipboard-read', 'clipboard-write'],
    });
    const problems = [];
    const page = await context.newPage();

    page.setDefaultTimeout(60000);
    page.on('pageerror', (error) => problems.push(`uncaught: ${error.message}`));
    page.on('console', (message) => {
        // A refusal is an answer that the page shows, and that a server is away it says too; the browser notes
        // both all the same. Only a test that takes its server away has connections refused, or is told by /healthz that it
        // stops; by then anything else may be told so, too.
        const isRefusal =
            /^Failed to load resource/.test(message.text()) &&
            (/\/(runs?|class|compare|events|healthz)\b/.test(message.location().url) ||
                /ERR_(CONNECTION_REFUSED|INTERNET_DISCONNECTED)/.test(message.text()) ||
                (wasTakenAway() && /status of 503/.test(message.text())));

        if (['error', 'warning'].includes(message.type()) && !isRefusal)
            problems.push(`console: ${message.text()}`);
    });
    page.on('request', (request) => {
        if (!request.url().startsWith(base)) problems.push(`request to ${request.url()}`);
    });
    await page.addInitScript(() =>
        addEventListener('securitypolicyviolation', (event) =>
            console.error(`policy violated: ${event.violatedDirective} by ${event.blockedURI}`),
        ),
    );
    await slowDown(context, page);
    await page.goto(`${base}/${hash}`);
    await page.locator('#view[data-view]').waitFor();

    const axe = async (options = {}) => {
        await page.evaluate(`${axeSource}; 0`);
        const {violations} = await page.evaluate((given) => window.axe.run(given), options);

        return violations.map(({id, nodes}) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
    };

    return {page, problems, axe, close: () => context.close()};
}
