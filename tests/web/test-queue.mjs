// A run on its way, on a server with many: its place in the queue, its repetitions, its end; and how it is found again.
import assert from 'node:assert/strict';
import {ask, link, LONG, QUICK, runNow, start, stop} from './neighbour.mjs';
import {field, pressRun} from './steps.mjs';

const words = (page, text) => page.locator('.progress-words', {hasText: text}).waitFor();
const click = (page, name) => page.getByRole('button', {name, exact: true}).click();

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
    await page.locator('#result table').first().waitFor();
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
    await page.locator('#result table').first().waitFor();
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

    // In small steps: the server is asked meanwhile whether it is there, and has five seconds of this clock to say so. One
    // that is not gets all attempts once more.
    while ((await box.count()) === 0) await page.clock.runFor(250);
    assert.equal(tries, 7);
    await page.getByRole('button', {name: 'Run', exact: true}).waitFor();

    // The run goes on, and is found again.
    const {id} = await answer.json();

    await page.unroute('**/runs/*/events');
    for (const hash of ['#lab/fetch', `#runs/${id}`])
        await page.evaluate((to) => {
            location.hash = to;
        }, hash);
    await words(page, /^Repetition/);
    await click(page, 'Cancel');
    await page.locator('.status', {hasText: 'Cancelled'}).waitFor();
}

export async function a_run_is_opened_by_its_address({open, base}) {
    const theirs = await runNow(base, {...QUICK, label: 'Ann', tasks: 3});
    const {page} = await open(`#runs/${theirs.id}`);

    await page.locator('#result table').first().waitFor();
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

        await page.locator('#result table').first().waitFor();
        assert.equal(await page.locator('#form details', {hasText: 'repetitions'}).evaluate((node) => node.open), isOpen);
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
