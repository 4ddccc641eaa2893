// The page below a prefix, behind a proxy that takes it off and says so, as docs/operating.md has it. The proxy is made
// of Node's own parts; a real nginx is asked in tests/api, without a browser.
import assert from 'node:assert/strict';
import {once} from 'node:events';
import http from 'node:http';
import {pressRun} from './steps.mjs';

const PREFIX = '/lab';

// What does not begin with the prefix is not found: a link that leads out of it shows.
async function startProxy(target) {
    const {hostname, port} = new URL(target);
    const proxy = http.createServer((request, answer) => {
        if (!request.url.startsWith(`${PREFIX}/`)) {
            answer.writeHead(404).end();
            return;
        }
        const onward = http.request({
            hostname,
            port,
            method: request.method,
            path: request.url.slice(PREFIX.length),
            headers: {
                ...request.headers,
                'x-forwarded-for': request.socket.remoteAddress,
                'x-forwarded-host': request.headers.host,
                'x-forwarded-prefix': PREFIX,
                'x-forwarded-proto': 'http',
            },
        });

        onward.on('response', (response) => {
            answer.writeHead(response.statusCode, response.headers);
            response.pipe(answer);
        });
        onward.on('error', () => answer.destroy());
        answer.on('close', () => onward.destroy());
        request.pipe(onward);
    });

    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    return {
        base: `http://127.0.0.1:${proxy.address().port}${PREFIX}`,
        stop: () => {
            proxy.close();
            proxy.closeAllConnections();
        },
    };
}

export async function the_page_works_below_a_prefix({open, serve}) {
    const {base, stop} = await startProxy(await serve(['server.trusted_proxies=127.0.0.1']));

    try {
        const {page} = await open('#run/countdown?mode=serial&n=1e5&repeat=1&warmup=0', {base});
        const cookies = await page.context().cookies(`${base}/`);

        assert.deepEqual(
            cookies.map(({name, path}) => [name, path]).sort(),
            ['gilscope_client', 'gilscope_owner'].map((name) => [name, `${PREFIX}/`]),
        );
        assert.deepEqual(await page.context().cookies(new URL('/', base).href), []);

        // More than a page of runs, so that the server's link to the next one is followed.
        for (let seed = 1; seed <= 21; seed++) {
            const answer = await page.request.get(`${base}/run/countdown?mode=serial&n=1e3&repeat=1&seed=${seed}`);

            assert.equal(answer.status(), 200);
        }
        const {body} = await pressRun(page);
        const rows = page.locator('.panel tbody tr');
        const mine = page.locator(`.panel tr:has(a[href="#runs/${body.id}"])`);

        await page.getByRole('link', {name: 'Runs', exact: true}).click();
        await rows.nth(19).waitFor();
        await page.getByRole('button', {name: 'Older runs', exact: true}).click();
        await rows.nth(21).waitFor();
        assert.equal(await rows.count(), 22);

        // The cookie of the prefix proves whose it is.
        await mine.getByRole('button', {name: 'Remove'}).click();
        await mine.getByRole('button', {name: 'Remove for good?'}).click();
        await mine.waitFor({state: 'detached'});
        await page.reload();
        await rows.first().waitFor();
    } finally {
        stop();
    }
}
