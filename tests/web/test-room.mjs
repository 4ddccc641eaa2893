// Many on one server: the queue and the progress, runs that are found again, compared, renamed and removed,
// the class board, and the token. Where a test needs a run that is on its way for as long as it looks, it
// starts one that would take minutes and cancels it.
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import {awaitRun, field, getRun, overflow, pressRun} from './steps.mjs';

const LONG = {mode: 'serial', tasks: 1, n: 1e8, repeat: 1000, warmup: 0, timeout_ms: 600000};
const QUICK = {mode: 'serial,threads', n: 1e5, repeat: 6, warmup: 0};

// Somebody else, with curl.
async function ask(base, path, {client = 'neighbour', method = 'GET', body, headers} = {}) {
    const answer = await fetch(`${base}/${path}`, {
        method,
        headers: {
            Cookie: `gilscope_client=${client}`,
            'Gilscope-Owner': `the-secret-of-${client}`,
            ...(body && {'Content-Type': 'application/json'}),
            ...headers,
        },
        body: body && JSON.stringify(body),
    });

    return answer.status === 204 ? null : answer.json();
}

const start = (base, body, client) =>
    ask(base, 'run/countdown', {method: 'POST', body, client, headers: {Prefer: 'respond-async'}});
const runNow = (base, body, client) => ask(base, 'run/countdown', {method: 'POST', body, client});

async function stop(base, {id}, client) {
    assert.equal((await ask(base, `runs/${id}/cancel`, {method: 'POST', client})).status, 'cancelled');
}

const link = (body) => `#run/countdown?${new URLSearchParams(body)}`;
const words = (page, text) => page.locator('.progress-words', {hasText: text}).waitFor();
const click = (page, name) => page.getByRole('button', {name, exact: true}).click();
const openPart = (page, name) => page.locator('summary', {hasText: name}).click();
const row = (page, id) => page.locator(`.panel tr:has(a[href="#runs/${id}"])`);

export async function a_browser_is_the_same_client_at_each_visit({page}) {
    const cookie = async () => (await page.context().cookies()).find(({name}) => name === 'gilscope_client');
    const first = await cookie();

    assert.match(first.value, /^[0-9a-f]{32}$/);
    assert.equal(first.sameSite, 'Strict');
    assert.equal(first.path, '/');
    assert.ok(first.expires > Date.now() / 1000 + 300 * 24 * 3600);
    await page.reload();
    await field(page, 'tasks').waitFor();
    assert.equal((await cookie()).value, first.value);
}

// It proves which runs are this browser's, so no script may read it, and it stays the same at each visit.
export async function a_browser_gets_a_secret_with_the_page({page}) {
    const cookie = async () => (await page.context().cookies()).find(({name}) => name === 'gilscope_owner');
    const first = await cookie();

    assert.match(first.value, /^[0-9a-f]{32}$/);
    assert.equal(first.httpOnly, true);
    assert.equal(first.sameSite, 'Lax');
    await page.reload();
    await field(page, 'tasks').waitFor();
    assert.equal((await cookie()).value, first.value);
}

export async function the_queue_then_the_repetitions_then_the_result({open, base}) {
    const first = await start(base, LONG, 'one');
    const second = await start(base, {...LONG, seed: 2}, 'two');
    const {page} = await open(link(QUICK));

    await click(page, 'Run');
    await words(page, /^3rd of 3 in the queue|^2nd of 2 in the queue, about \d+ /);
    await stop(base, second, 'two');
    await words(page, 'Next in the queue');
    await page.evaluate(() => {
        window.said = [];
        new MutationObserver((records) =>
            window.said.push(...records.flatMap(({addedNodes}) => [...addedNodes].map((node) => node.data))),
        ).observe(document.querySelector('.progress-words'), {childList: true});
    });
    await stop(base, first, 'one');
    await page.locator('#result table').waitFor();
    assert.match(await page.locator('.status').textContent(), /Done: 2 of 2 cells/);
    const said = await page.evaluate(() => window.said);

    for (let done = 1; done < 12; done++)
        assert.ok(said.some((text) => text.startsWith(`Repetition ${done} of 12, `)), `${done} in ${said}`);
    assert.equal(await page.locator('.progress-words').textContent(), '');
    assert.equal(await page.locator('progress').isVisible(), false);
}

export async function who_asks_for_the_same_joins_and_may_leave({open, base}) {
    const theirs = await start(base, {...LONG, label: 'theirs'});
    const {page} = await open(link({...LONG, label: 'mine'}));

    await click(page, 'Run');
    await page.getByText('this is one run for both').waitFor();
    await click(page, 'Cancel');
    await page.locator('.status', {hasText: 'it goes on for them'}).waitFor();
    assert.equal((await ask(base, `runs/${theirs.id}`)).status, 'running');
    await stop(base, theirs);
}

export async function a_cancelled_run_is_cancelled_on_the_server({open, base}) {
    const {page} = await open(link(LONG));
    const [answer] = await Promise.all([
        page.waitForResponse((response) => response.url().includes('/run/')),
        click(page, 'Run'),
    ]);
    const {id} = await answer.json();

    await words(page, /^Repetition \d+ of 1,000, (about \d+ (s|min)|less than a second) left$/);
    assert.equal(await page.locator('progress').evaluate((bar) => bar.max), 1000);
    await click(page, 'Cancel');
    await page.locator('.status', {hasText: 'Cancelled'}).waitFor();
    assert.equal((await ask(base, `runs/${id}`)).status, 'cancelled');
    assert.match(await page.locator('#result [role=alert]').textContent(), /Cancelled: /);
}

export async function a_dropped_connection_goes_on_behind_the_last_event({open}) {
    const {page} = await open(link(QUICK));
    const after = [];

    await page.route('**/runs/*/events', async (route) => {
        after.push(route.request().headers()['last-event-id']);
        if (after.length > 1) return route.continue();
        await route.fulfill({
            contentType: 'text/event-stream',
            body: 'id: 2\nevent: started\ndata: {"of": 12, "estimate_ns": 1}\n\nid: 3\nevent: sam',
        });
    });
    await pressRun(page);
    await page.locator('#result table').waitFor();
    assert.deepEqual(after, [undefined, '2']);
}

export async function a_server_that_stays_away_is_given_up({open, base}) {
    const {page} = await open(link(LONG));
    let tries = 0;

    await page.route('**/runs/*/events', (route) => {
        tries++;
        return route.abort();
    });
    await page.clock.install();
    const [answer] = await Promise.all([
        page.waitForResponse((response) => response.url().includes('/run/')),
        click(page, 'Run'),
    ]);
    const box = page.getByRole('alert').filter({hasText: 'Connection lost'});

    while ((await box.count()) === 0) await page.clock.runFor(16000);
    assert.equal(tries, 7);
    await page.getByRole('button', {name: 'Run', exact: true}).waitFor();

    // The run goes on, and is found again.
    const {id} = await answer.json();

    await page.unroute('**/runs/*/events');
    await page.evaluate((run) => {
        location.hash = `#runs/${run}`;
    }, id);
    await words(page, /^Repetition/);
    await click(page, 'Cancel');
    await page.locator('.status', {hasText: 'Cancelled'}).waitFor();
}

export async function a_run_is_opened_by_its_address({open, base}) {
    const theirs = await runNow(base, {...QUICK, label: 'Ann', tasks: 3});
    const {page} = await open(`#runs/${theirs.id}`);

    await page.locator('#result table').waitFor();
    assert.match(await page.locator('#result .facts').textContent(), new RegExp(theirs.id));
    assert.equal(await field(page, 'tasks').inputValue(), '3');
    assert.equal(await field(page, 'n').inputValue(), '100000');
    assert.equal(await field(page, 'label').inputValue(), '');
    assert.match(page.url(), new RegExp(`#runs/${theirs.id}$`));

    const live = await start(base, LONG);

    await page.evaluate((id) => {
        location.hash = `#runs/${id}`;
    }, live.id);
    await words(page, /^Repetition/);
    await click(page, 'Cancel');
    await page.getByRole('alert').filter({hasText: 'another client'}).waitFor();
    await stop(base, live);
    await page.locator('#result', {hasText: 'Cancelled: '}).waitFor();
    await page.evaluate(() => {
        location.hash = `#runs/${'0'.repeat(26)}`;
    });
    await page.getByRole('alert').filter({hasText: 'No such run'}).waitFor();
}

export async function a_run_unfolds_only_what_it_changed({open, base}) {
    for (const [values, isOpen] of [
        [{mode: 'serial', n: 1e5}, false],
        [{mode: 'serial', n: 1e5, repeat: 3}, true],
    ]) {
        const {page} = await open(`#runs/${(await runNow(base, values)).id}`);

        await page.locator('#result table').waitFor();
        assert.equal(await page.locator('#form details').evaluate((node) => node.open), isOpen);
    }
}

export async function a_run_that_is_not_kept_says_why({open, base}) {
    const {id} = await runNow(base, QUICK);
    const {page} = await open();

    await page.route('**/runs/*', async (route) => {
        const run = await (await route.fetch()).json();

        await route.fulfill({json: {...run, kept: false, kept_reason: 'the disk is full'}});
    });
    await page.evaluate((run) => {
        location.hash = `#runs/${run}`;
    }, id);
    await page.locator('#result .note', {hasText: 'This run is not kept: the disk is full.'}).waitFor();
}

export async function the_history_lists_filters_and_pages({open, serve}) {
    const base = await serve([]);
    const label = 'it’s [50 %] & more';

    for (let seed = 1; seed <= 23; seed++) await runNow(base, {...QUICK, mode: 'serial', repeat: 1, seed});
    const labelled = await runNow(base, {...QUICK, label});
    const {page} = await open('', {base});
    const rows = page.locator('.panel tbody tr');

    await openPart(page, 'Runs of this server');
    await rows.nth(19).waitFor();
    assert.equal(await rows.count(), 20);
    assert.match(await rows.first().textContent(), /it’s \[50 %\] & more/);
    await click(page, 'Older runs');
    await rows.nth(23).waitFor();
    assert.equal(await rows.count(), 24);
    assert.equal(await page.getByRole('button', {name: 'Older runs'}).isVisible(), false);
    const ids = await rows.locator('a').evaluateAll((links) => links.map((a) => a.hash.slice(6)));

    assert.deepEqual(ids, [...ids].sort().reverse());
    await page.locator('.filters [name=label]').fill(label);
    await page.locator('.filters [name=label]').press('Enter');
    await page.locator('.panel', {hasText: '1 listed.'}).waitFor();
    await page.locator('.filters [name=experiment]').selectOption('fetch');
    await page.getByText('There are no such runs').waitFor();
    await page.locator('.filters [name=experiment]').selectOption('countdown');
    await page.locator('.filters [name=status]').selectOption('done');
    await rows.first().locator('a').click();
    await page.locator('#result .facts', {hasText: labelled.id}).waitFor();
}

export async function ones_own_run_is_renamed_and_removed({open, base}) {
    const {page} = await open(link(QUICK));
    const {body} = await pressRun(page);
    const mine = row(page, body.id);

    await openPart(page, 'Runs of this server');
    await mine.getByRole('button', {name: 'Rename'}).click();
    await page.keyboard.press('Escape');
    await mine.getByRole('button', {name: 'Rename'}).click();
    await page.keyboard.type('quiet room');
    await page.keyboard.press('Enter');
    await mine.getByText('“quiet room”').waitFor();
    assert.equal((await getRun(page, body.id)).label, 'quiet room');
    await mine.getByRole('button', {name: 'Remove'}).click();
    await mine.getByRole('button', {name: 'Remove for good?'}).click();
    await mine.waitFor({state: 'detached'});
    assert.equal((await ask(base, `runs/${body.id}`)).status, 404);
}

export async function anothers_run_is_left_alone_in_the_servers_words({open, base}) {
    const {id} = await runNow(base, {...QUICK, label: 'theirs'});
    const {page} = await open();
    const theirs = row(page, id);
    const box = page.getByRole('alert').filter({hasText: 'another client'});

    await openPart(page, 'Runs of this server');
    await theirs.getByRole('button', {name: 'Rename'}).click();
    await page.keyboard.type('mine');
    await page.keyboard.press('Enter');
    await box.waitFor();
    await click(page, 'Back');
    await theirs.getByRole('button', {name: 'Remove'}).click();
    await theirs.getByRole('button', {name: 'Remove for good?'}).click();
    await box.waitFor();
    assert.equal((await ask(base, `runs/${id}`)).label, 'theirs');
}

export async function two_runs_are_compared({open, base}) {
    const few = await runNow(base, {...QUICK, label: 'few'});
    const many = await runNow(base, {...QUICK, mode: 'serial,epoll', label: 'many'});
    const third = await runNow(base, {...QUICK, label: 'third'});
    const expected = await ask(base, `compare?baseline=${few.id}&candidate=${many.id}`);
    const {page} = await open();
    const box = ({id}) => row(page, id).getByRole('checkbox');
    const section = page.locator('#comparison');

    await openPart(page, 'Runs of this server');
    await box(third).check();
    assert.equal(await page.getByRole('button', {name: 'Compare: choose two runs'}).isDisabled(), true);
    await box(many).check();
    await box(few).check();
    assert.equal(await box(third).isChecked(), false);
    await click(page, 'Compare the two');
    await section.locator('table').waitFor();
    assert.ok((await section.textContent()).includes(expected.summary));
    const [cell] = expected.cells;
    const shown = section.locator('tbody tr');

    assert.equal(await shown.count(), 1);
    assert.deepEqual(
        await shown.locator('data').evaluateAll((nodes) => nodes.map((node) => Number(node.value))),
        [cell.baseline.median, cell.candidate.median, cell.ratio],
    );
    assert.match(
        await shown.textContent(),
        {faster: /is faster/, slower: /is slower/, same: /the same/}[cell.verdict] ?? /cannot tell: \w/,
    );
    assert.match(
        await section.textContent(),
        /Only the baseline has\s*threads.*Only the candidate has\s*epoll/s,
    );
    assert.equal(await section.locator('h2').evaluate((node) => node === document.activeElement), true);
    await page.getByRole('link', {name: 'The other way round'}).click();
    await section.locator('li', {hasText: 'Baseline: “many”'}).waitFor();
    await click(page, 'Close');
    assert.equal(await section.isVisible(), false);
    await click(page, 'Compare the two');
    await section.locator('li', {hasText: 'Baseline: “few”'}).waitFor();
}

export async function a_doubtful_comparison_is_warned_of({open, base}) {
    const {id} = await runNow(base, QUICK);
    const {page} = await open(`#compare/${id}/${id}`);

    await page.locator('#comparison .note', {hasText: 'A run is compared with itself'}).waitFor();
}

export async function the_board_shows_what_others_do_while_it_is_open({page, base}) {
    let streams = 0;

    page.on('request', (request) => {
        streams += request.url() === `${base}/events`;
    });
    page.on('requestfailed', (request) => {
        streams -= request.url() === `${base}/events`;
    });
    const theirs = await start(base, {...LONG, label: 'Bob', prediction: 'slower'});

    assert.equal(streams, 0);
    await openPart(page, 'Class board');
    await row(page, theirs.id).getByText('running').waitFor();
    assert.match(await row(page, theirs.id).textContent(), /Bob.*slower/);
    await stop(base, theirs);
    await row(page, theirs.id).getByText('cancelled').waitFor();
    const done = await runNow(base, {...QUICK, label: 'Cleo'});
    const {runs} = await ask(base, 'runs?limit=1');

    await row(page, done.id).getByText('done').waitFor();
    assert.equal(await page.locator('.panel tbody tr').first().locator('a').textContent(), 'Cleo');
    assert.ok((await row(page, done.id).textContent()).includes(runs[0].headline.text));
    assert.equal(streams, 1);
    const closed = page.waitForEvent('requestfailed', (request) => request.url() === `${base}/events`);

    await openPart(page, 'Class board');
    await closed;
    assert.equal(streams, 0);
}

export async function a_server_that_wants_a_token_gets_it({open, serve}) {
    const base = await serve(['server.token=correct-horse']);
    const {page, axe} = await open(link({...QUICK, timeline: 'on'}), {base});
    const dialog = page.getByRole('dialog');

    await click(page, 'Run');
    await dialog.getByText('This needs a token').waitFor();
    assert.equal(await dialog.locator('input').evaluate((node) => node === document.activeElement), true);
    assert.equal(await dialog.locator('input').getAttribute('type'), 'password');
    assert.deepEqual(await axe(), []);
    await page.keyboard.type('wrong-horse');
    await page.keyboard.press('Enter');
    await dialog.getByText("is not one of this server's").waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('alert').filter({hasText: 'Wrong token'}).waitFor();
    await click(page, 'Run');
    await dialog.waitFor();
    const run = await awaitRun(page, async () => {
        await page.keyboard.type('correct-horse');
        await page.keyboard.press('Enter');
    });

    assert.equal(run.status, 202);
    await page.locator('#result table').waitFor();
    const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', {name: 'Download trace'}).click(),
    ]);

    assert.ok(JSON.parse(await fs.readFile(await download.path(), 'utf8')).traceEvents.length > 0);
    await page.reload();
    await openPart(page, 'Runs of this server');
    await page.locator('.panel tbody tr').first().waitFor();
}

export async function a_trace_is_a_plain_link_where_no_token_is_needed({open}) {
    const {page} = await open(link({...QUICK, timeline: 'on'}));

    await pressRun(page);
    const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', {name: 'Download trace'}).click(),
    ]);

    assert.match(download.suggestedFilename(), /^gilscope-.*\.json$/);
    assert.ok(JSON.parse(await fs.readFile(await download.path(), 'utf8')).traceEvents.length > 0);
}

export async function history_board_and_comparison_by_keyboard({page, base}) {
    const ids = [];

    for (const label of ['first', 'second']) ids.push((await runNow(base, {...QUICK, label})).id);
    await page.locator('summary', {hasText: 'Runs of this server'}).focus();
    await page.keyboard.press('Enter');
    await row(page, ids[1]).waitFor();
    const tabTo = async (matches, key = 'Tab') => {
        for (let i = 0; i < 150; i++) {
            await page.keyboard.press(key);
            if (await page.evaluate(matches)) return;
        }
        assert.fail(`Tab never reached ${matches}`);
    };

    await tabTo(() => document.activeElement.type === 'checkbox');
    await page.keyboard.press('Space');
    await tabTo(() => document.activeElement.type === 'checkbox');
    await page.keyboard.press('Space');
    await tabTo(() => document.activeElement.textContent === 'Compare the two', 'Shift+Tab');
    await page.keyboard.press('Enter');
    await page.locator('#comparison table').waitFor();
    await tabTo(() => document.activeElement.textContent.startsWith('Class board'));
    await page.keyboard.press('Space');
    await page.locator('.panel', {hasText: 'Connected.'}).waitFor();
}

async function noViolations({open, base}, view) {
    const ids = [];

    for (const mode of ['serial,threads', 'serial,epoll'])
        ids.push((await runNow(base, {...QUICK, mode, label: 'a label as long as they come here'})).id);
    const {page, axe} = await open(`#compare/${ids.join('/')}`, view);

    await page.locator('#comparison table').waitFor();
    await openPart(page, 'Runs of this server');
    await row(page, ids[0]).first().getByRole('button', {name: 'Rename'}).click();
    await openPart(page, 'Class board');
    await page.locator('.panel', {hasText: 'Class board'}).locator('tbody tr').first().waitFor();
    assert.deepEqual(await axe(), []);
    assert.ok((await overflow(page)) <= 0);
}

export const axe_finds_nothing_in_a_light_room = (lab) => noViolations(lab, {width: 1400});
export const axe_finds_nothing_in_a_dark_room = (lab) => noViolations(lab, {width: 1400, dark: true});
export const axe_finds_nothing_in_a_room_of_phones = (lab) => noViolations(lab, {width: 360, height: 740});
