// The runs of a server: listed, filtered, opened, renamed and removed, followed while they go on, and two of them
// compared.
import assert from 'node:assert/strict';
import {ask, LONG, questionOf, QUICK, runNow, start, stop} from './neighbour.mjs';
import {getRun, overflow} from './steps.mjs';

const click = (page, name) => page.getByRole('button', {name, exact: true}).click();
const row = (page, id) => page.locator(`.panel tr:has(a[href="#runs/${id}"])`);
const box = (page, {id}) => row(page, id).getByRole('checkbox');
const hasFocus = (locator) => locator.evaluate((node) => node === document.activeElement);
const INSTRUCTOR = 'instructor-horse';

// A run that this browser asked for.
async function runHere(page, values) {
    const answer = await page.request.post(new URL('run/countdown', page.url()).href, {data: values});

    return answer.json();
}

export async function the_history_lists_filters_and_pages({open, serve}) {
    const base = await serve([]);
    const label = 'it’s [50 %] & more';

    for (let seed = 1; seed <= 23; seed++) await runNow(base, {...QUICK, mode: 'serial', repeat: 1, seed});
    const labelled = await runNow(base, {...QUICK, label});
    const {page} = await open('#runs', {base});
    const rows = page.locator('.panel tbody tr');

    await rows.nth(19).waitFor();
    assert.equal(await rows.count(), 20);
    assert.match(await rows.first().textContent(), /it’s \[50 %\] & more/);
    await click(page, 'Older runs');
    await rows.nth(23).waitFor();
    assert.equal(await rows.count(), 24);
    assert.equal(await page.getByRole('button', {name: 'Older runs'}).isVisible(), false);
    assert.equal(await hasFocus(rows.nth(20).locator('a')), true);
    const ids = await rows.locator('a').evaluateAll((links) => links.map((a) => a.hash.slice(6)));

    assert.deepEqual(ids, [...ids].sort().reverse());
    await page.locator('.filters [name=label]').fill(label);
    await page.locator('.filters [name=label]').press('Enter');
    await page.locator('.panel', {hasText: '1 listed.'}).waitFor();
    await page.locator('.filters [name=experiment]').selectOption('fetch');
    await page.getByText('There are no such runs').waitFor();
    await page.locator('.filters [name=experiment]').selectOption('countdown');
    await page.locator('.filters [name=status]').selectOption('done');
    await rows.first().waitFor();
    await rows.first().locator('a').click();
    await page.locator('#result .facts', {hasText: labelled.id}).waitFor();
}

// The server lists 200 at once; what lies beyond is not read again when new ones come.
export async function a_list_beyond_what_the_server_gives_at_once_has_no_holes({page}) {
    const {ids, all} = await page.evaluate(async () => {
        const {makeReader} = await import('./history/reader.js');
        const pad = (n) => `R${String(n).padStart(5, '0')}`;
        let newest = 230;

        window.fetch = async (path) => {
            const asked = new URL(path, document.baseURI).searchParams;
            const limit = Math.min(200, asked.get('limit'));
            const below = Number(asked.get('before')?.slice(1) ?? newest + 1);
            const runs = Array.from({length: Math.min(limit, below - 1)}, (_, i) => ({id: pad(below - 1 - i), status: 'done'}));
            const next = runs.at(-1) && runs.at(-1).id !== pad(1) ? `runs?before=${runs.at(-1).id}&limit=20` : null;

            return new Response(JSON.stringify({runs, next}), {headers: {'Content-Type': 'application/json'}});
        };
        const reader = makeReader({filters: () => [], changed() {}, missed(error) { throw error; }});

        await reader.read();
        while (reader.runs().length < 220) await reader.readOlder();
        newest += 7;
        await reader.readAgain();
        newest += 1;
        await reader.readAgain();
        while (reader.hasMore()) await reader.readOlder();
        return {ids: reader.runs().map(({id}) => id), all: Array.from({length: newest}, (_, i) => pad(newest - i))};
    });

    assert.deepEqual(ids, all);
}

export async function filters_are_in_the_address_and_survive_a_reload({open, serve}) {
    const base = await serve([]);

    for (const label of ['a & b', 'other']) await runNow(base, {...QUICK, label});
    const {page} = await open('#runs', {base});
    const listed = () => page.locator('.panel tbody th a').allTextContents();
    const field = (name) => page.locator(`.filters [name=${name}]`);

    await field('experiment').selectOption('countdown');
    await field('status').selectOption('done');
    await field('label').fill('a & b');
    await field('label').press('Enter');
    await page.locator('.panel', {hasText: '1 listed.'}).waitFor();
    assert.equal(new URL(page.url()).hash, '#runs?experiment=countdown&status=done&label=a+%26+b');
    await page.reload();
    await page.locator('.panel', {hasText: '1 listed.'}).waitFor();
    assert.deepEqual(await listed(), ['“a & b”']);
    assert.deepEqual(
        [await field('experiment').inputValue(), await field('status').inputValue(), await field('label').inputValue()],
        ['countdown', 'done', 'a & b'],
    );
    // Back from a run leads to the same list.
    await page.locator('.panel tbody a').first().click();
    await page.locator('#result table').first().waitFor();
    await page.goBack();
    await page.locator('.panel', {hasText: '1 listed.'}).waitFor();
    await click(page, 'Show all');
    await page.locator('.panel', {hasText: '2 listed.'}).waitFor();
    assert.equal(new URL(page.url()).hash, '#runs');
    assert.equal(await hasFocus(field('experiment')), true);
}

export async function a_filter_for_what_is_not_here_is_shown({open}) {
    const {page} = await open('#runs?experiment=gone');

    await page.getByText('There are no such runs').waitFor();
    assert.equal(await page.locator('.filters [name=experiment]').inputValue(), 'gone');
}

export async function a_run_whose_record_is_damaged_is_named_below_the_others({page, base}) {
    const run = await runNow(base, QUICK);
    const damaged = '01J00000000000000000000000';

    await page.route('**/runs?*', async (route) => {
        const list = await (await route.fetch()).json();

        await route.fulfill({json: {...list, unreadable: [damaged]}});
    });
    await page.evaluate(() => {
        location.hash = '#runs';
    });
    await row(page, run.id).waitFor();
    await page.locator('.panel .hint', {hasText: `1 run cannot be read, because the record on the disk is damaged: ${damaged}.`}).waitFor();
}

export async function ones_own_run_is_renamed_and_removed({open, base}) {
    const {page} = await open('#runs');
    const older = await runHere(page, {...QUICK, label: 'older'});
    const body = await runHere(page, QUICK);
    const mine = row(page, body.id);

    await click(page, 'Read again');
    await mine.getByRole('button', {name: 'Rename'}).click();
    await page.keyboard.press('Escape');
    assert.equal(await hasFocus(mine.getByRole('button', {name: 'Rename'})), true);
    await mine.getByRole('button', {name: 'Rename'}).click();
    await page.keyboard.type('quiet room');
    await page.keyboard.press('Enter');
    await mine.getByText('“quiet room”').waitFor();
    assert.equal(await hasFocus(mine.locator('a')), true);
    assert.equal((await getRun(page, body.id)).label, 'quiet room');
    await mine.getByRole('button', {name: 'Remove'}).click();
    await mine.getByRole('button', {name: 'Remove for good?'}).click();
    await mine.waitFor({state: 'detached'});
    assert.equal(await hasFocus(row(page, older.id).locator('a')), true);
    assert.equal((await ask(base, `runs/${body.id}`)).status, 404);
}

export async function anothers_run_is_left_alone_in_the_servers_words({open, base}) {
    const {id} = await runNow(base, {...QUICK, label: 'theirs'});
    const {page} = await open('#runs');
    const theirs = row(page, id);
    const refusal = page.getByRole('alert').filter({hasText: 'another client'});

    await theirs.getByRole('button', {name: 'Rename'}).click();
    await page.keyboard.type('mine');
    await page.keyboard.press('Enter');
    await refusal.waitFor();
    await click(page, 'Back');
    await theirs.getByRole('button', {name: 'Remove'}).click();
    await theirs.getByRole('button', {name: 'Remove for good?'}).click();
    await refusal.waitFor();
    assert.equal((await ask(base, `runs/${id}`)).label, 'theirs');
}

// The list is read again by itself. Whoever types or tabs in it keeps what was typed, and the focus.
export async function rows_follow_their_runs_and_leave_the_focus_alone({open, base}) {
    const {page} = await open('#runs');
    const old = await runHere(page, QUICK);
    const theirs = await start(base, LONG);
    const live = row(page, theirs.id);

    await click(page, 'Read again');
    await live.getByText('running, ').waitFor();
    await row(page, old.id).getByRole('button', {name: 'Rename'}).click();
    await page.keyboard.type('half a na');
    const input = page.locator('input[name=new-label]');
    const typedInto = await input.evaluateHandle((node) => node);

    await stop(base, theirs);
    await live.getByText('cancelled').waitFor();
    const newest = await runNow(base, {...QUICK, label: 'newest'});

    await row(page, newest.id).getByText('done').waitFor();
    assert.equal(await hasFocus(input), true);
    assert.equal(await typedInto.evaluate((node) => node.isConnected), true);
    await page.keyboard.type('me');
    await page.keyboard.press('Enter');
    await row(page, old.id).getByText('“half a name”').waitFor();
    assert.equal((await getRun(page, old.id)).label, 'half a name');
}

export async function predictions_are_told_in_words_and_for_each_who_asked({open, base}) {
    const [one, other] = (await questionOf(base)).choices;
    const first = await start(base, {...LONG, label: 'Ann', prediction: one.id}, 'ann');

    await start(base, {...LONG, label: 'Bob', prediction: other.id}, 'bob');
    const {page} = await open('#runs');
    const mine = row(page, first.id);

    await mine.getByText(`“${one.text}”`).waitFor();
    await mine.getByText('all 2 who asked').click();
    await mine.getByText(`Bob: “${other.text}”`).waitFor();
    assert.match(await mine.locator('li').first().textContent(), /^Ann: “/);
    for (const client of ['ann', 'bob']) await ask(base, `runs/${first.id}/cancel`, {method: 'POST', client});
}

export async function hidden_predictions_are_said_to_be_hidden({open, base}) {
    const {choices} = await questionOf(base);
    const {id} = await runNow(base, {...QUICK, prediction: choices[0].id});
    const {page} = await open();

    await page.route('**/runs?*', async (route) => {
        const list = await (await route.fetch()).json();
        const runs = list.runs.map((run) => ({...run, prediction: null, outcome: null, held: null, hidden: true}));

        await route.fulfill({json: {...list, runs}});
    });
    await page.goto(`${base}/#runs`);
    await row(page, id).getByRole('cell', {name: 'hidden', exact: true}).last().waitFor();
    await page.getByText('Hidden: until the instructor shows the predictions.').waitFor();
}

// The formats come when they are asked for; the server may have gone by then.
export async function an_export_that_cannot_be_fetched_says_so({open, base}) {
    await runNow(base, {...QUICK, label: 'kept'});
    const {page} = await open('#runs');
    const exporting = page.locator('.panel tbody tr').first().getByRole('button', {name: 'Export'});

    await page.route(/\/(history\/export\.js|healthz)$/, (route) => route.abort('internetdisconnected'));
    await exporting.click();
    await page.locator('.saving').getByText('Is it running?').waitFor();
}

// Who goes on without a token is not asked again by a list that reads itself.
export async function a_list_asks_for_a_token_once({open, serve}) {
    const base = await serve(['server.token=correct-horse']);
    const {page} = await open('#runs', {base});
    const reads = () => page.waitForResponse((answer) => answer.url().includes('/runs?') && answer.status() === 401, {timeout: 30000});

    await click(page, 'Go on without');
    await page.getByRole('dialog').waitFor({state: 'detached'});
    await reads();
    await page.getByText('This is the list as it was.').waitFor();
    assert.equal(await page.getByRole('dialog').count(), 0);
}

export async function the_instructor_removes_all_runs({open, serve}) {
    const base = await serve([`server.instructor_token=${INSTRUCTOR}`]);

    for (const label of ['one', 'two']) await runNow(base, {...QUICK, label});
    const {page, axe} = await open('#runs', {base});
    const dialog = page.getByRole('dialog');
    const rows = page.locator('.panel tbody tr');
    const button = page.getByRole('button', {name: 'Remove all runs …'});

    await rows.nth(1).waitFor();
    assert.equal(await button.isVisible(), false);
    await click(page, 'with the instructor’s token');
    await page.keyboard.type('another-horse');
    await page.keyboard.press('Enter');
    await dialog.getByText("is not one of this server's").waitFor();
    await page.keyboard.type(INSTRUCTOR);
    await page.keyboard.press('Enter');
    await button.waitFor();
    // A tab that has the token already needs none.
    await page.reload();
    await button.click();
    await dialog.getByText('All runs of this server that are over').waitFor();
    assert.equal(await hasFocus(dialog.getByRole('button', {name: 'Keep them'})), true);
    assert.deepEqual(await axe(), []);
    await page.keyboard.press('Escape');
    assert.equal(await hasFocus(button), true);
    assert.equal(await rows.count(), 2);
    await button.click();
    await dialog.getByRole('button', {name: 'Remove all'}).click();
    await page.getByText('2 runs removed.').waitFor();
    await page.getByText('There are no such runs').waitFor();
    assert.equal(await hasFocus(page.locator('#runs-title')), true);
    assert.deepEqual((await ask(base, 'runs')).runs, []);
}

export async function two_runs_are_compared({open, base}) {
    const {choices} = await questionOf(base);
    const few = await runNow(base, {...QUICK, label: 'few', prediction: choices[0].id});
    const many = await runNow(base, {...QUICK, mode: 'serial,epoll', label: 'many'});
    const third = await runNow(base, {...QUICK, label: 'third'});
    const expected = await ask(base, `compare?baseline=${few.id}&candidate=${many.id}`);
    const {page} = await open('#runs');
    const section = page.locator('#comparison');

    await box(page, third).check();
    assert.equal(await page.getByRole('button', {name: 'Compare: choose one more'}).isDisabled(), true);
    await box(page, many).check();
    await box(page, few).check();
    assert.equal(await box(page, third).isChecked(), false);
    await click(page, 'Compare the two');
    await section.locator('table').waitFor();
    assert.equal(new URL(page.url()).hash, `#compare/${few.id}/${many.id}`);
    assert.ok((await section.textContent()).includes(expected.summary));
    const [cell] = expected.cells;
    const shown = section.locator('tbody tr');

    assert.equal(await shown.count(), 1);
    assert.deepEqual(
        await shown.locator('data').evaluateAll((nodes) => nodes.map((node) => Number(node.value))),
        [cell.baseline.median, cell.candidate.median, cell.ratio],
    );
    if (cell.interval) assert.match(await shown.textContent(), /[\d.]+ to [\d.]+/);
    assert.match(
        await shown.textContent(),
        {faster: /is faster/, slower: /is slower/, same: /the same/}[cell.verdict] ?? /cannot tell: \w/,
    );
    assert.match(
        await section.textContent(),
        /Only the baseline has\s*threads.*Only the candidate has\s*epoll/s,
    );
    assert.match(await section.locator('li').first().textContent(), /^Baseline: “few”.*Predicted: “/s);
    assert.equal(await hasFocus(section.locator('h2')), true);
    await page.getByRole('link', {name: 'The other way round'}).click();
    await section.locator('li', {hasText: 'Baseline: “many”'}).waitFor();
    await page.getByRole('link', {name: 'Back to the list'}).click();
    await section.waitFor({state: 'detached'});
    assert.equal(await hasFocus(page.locator('#runs-title')), true);
    // What was chosen still is.
    await click(page, 'Compare the two');
    await section.locator('li', {hasText: 'Baseline: “few”'}).waitFor();
    await page.reload();
    await section.locator('li', {hasText: 'Baseline: “few”'}).waitFor();
}

export async function the_bars_of_both_runs_lie_over_one_another({open, base}) {
    const runs = [];

    for (const repeat of [6, 7]) runs.push(await runNow(base, {...QUICK, lock: 'gil,none', repeat}));
    const {page} = await open(`#compare/${runs[0].id}/${runs[1].id}`);
    const canvas = page.locator('#comparison canvas[role=img]');

    await canvas.waitFor();
    assert.match(
        await canvas.getAttribute('aria-label'),
        /^Bar chart: median wall time of both runs\. .*serial.* baseline [\d.]+ [µm]s, candidate [\d.]+ [µm]s, [\d.]+ × \(/,
    );
    const drawn = await page.evaluate(async () => {
        const node = document.querySelector('#comparison canvas[role=img]');

        while (!window.Chart?.getChart(node)) await new Promise((done) => setTimeout(done, 20));
        const chart = window.Chart.getChart(node);
        const bars = (i) => chart.getDatasetMeta(i).data.filter(({width}) => width > 0);
        const [candidate, baseline] = [bars(0), bars(1)];

        return {
            values: chart.data.datasets.map(({data}) => data.filter((value) => value !== null)),
            isOver: candidate.every((bar, i) => Math.abs(bar.y - baseline[i].y) < 1 && bar.height < baseline[i].height),
            min: chart.scales.x.min,
        };
    });
    const {cells} = await ask(base, `compare?baseline=${runs[0].id}&candidate=${runs[1].id}`);

    assert.equal(cells.length, 4);
    assert.deepEqual(drawn.values, [
        cells.map(({candidate}) => candidate.median),
        cells.map(({baseline}) => baseline.median),
    ]);
    assert.equal(drawn.isOver, true);
    assert.equal(drawn.min, 0);
}

// A time that was given is no measure: bars and columns are of what the runs are about.
export async function runs_of_a_given_time_are_compared_by_what_they_are_about({open, base}) {
    const asked = {mode: 'threads', duration_ms: 50, repeat: 1, warmup: 0};
    const book = (seed) => ask(base, 'run/convoy', {method: 'POST', body: {...asked, seed}});
    const runs = [await book(1), await book(2)];
    const {page} = await open(`#compare/${runs[0].id}/${runs[1].id}`);

    await page.locator('#comparison canvas[aria-label^="Bar chart: half within of both runs."]').waitFor();
    const table = page.locator('#comparison table').first();

    assert.deepEqual(await table.locator('th[scope=col]').allTextContents(), ['cell', 'baseline: half within', 'candidate: half within']);
    assert.deepEqual(
        await table.locator('tbody data').evaluateAll((all) => all.map(({value}) => Number(value))),
        runs.map(({cells: [cell]}) => cell.metrics.latency_p50_ns).filter(Number.isFinite),
    );
}

export async function a_doubtful_comparison_is_warned_of({open, base}) {
    const {id} = await runNow(base, QUICK);
    const {page} = await open(`#compare/${id}/${id}`);

    await page.locator('#comparison .note', {hasText: 'A run is compared with itself'}).waitFor();
}

export async function a_comparison_with_a_run_that_is_gone_says_so({open, base}) {
    const {id} = await runNow(base, QUICK);
    const {page} = await open('#runs');

    await page.evaluate((run) => {
        location.hash = `#compare/${run}/${'0'.repeat(26)}`;
    }, id);
    await page.getByRole('alert').filter({hasText: 'No such run'}).waitFor();
    await page.getByRole('link', {name: 'Back to the list'}).click();
    await row(page, id).waitFor();
}

export async function an_address_of_no_two_runs_says_so({open}) {
    const {page} = await open('#compare/nothing');

    await page.getByRole('status').filter({hasText: 'This address does not name two runs'}).waitFor();
    await page.locator('#runs-title').waitFor();
}

export async function history_and_comparison_by_keyboard({open, base}) {
    const ids = [];

    for (const label of ['first', 'second']) ids.push((await runNow(base, {...QUICK, label})).id);
    const {page} = await open('#runs');

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
    assert.equal(await hasFocus(page.locator('#comparison h2')), true);
    await tabTo(() => document.activeElement.textContent === 'HTML page');
    await tabTo(() => document.activeElement.textContent === 'Back to the list');
    await page.keyboard.press('Enter');
    await row(page, ids[1]).waitFor();
}

async function noViolations({open, base}, view) {
    const ids = [];

    for (const mode of ['serial,threads', 'serial,epoll'])
        ids.push((await runNow(base, {...QUICK, mode, label: 'a label as long as they come here'})).id);
    const {page, axe} = await open(`#compare/${ids.join('/')}`, view);

    await page.locator('#comparison table').waitFor();
    await page.getByRole('group', {name: 'Export this comparison'}).waitFor();
    assert.deepEqual(await axe(), []);
    assert.ok((await overflow(page)) <= 0);
    await page.getByRole('link', {name: 'Back to the list'}).click();
    await row(page, ids[0]).getByRole('button', {name: 'Rename'}).click();
    await row(page, ids[1]).getByRole('button', {name: 'Export'}).click();
    await page.getByRole('group', {name: 'Export this run'}).waitFor();
    assert.deepEqual(await axe(), []);
    assert.ok((await overflow(page)) <= 0);
    // Nothing of a row is cut, and nothing has to be scrolled to sideways.
    const cut = await page.locator('.panel .frame').evaluate((frame) =>
        [frame, ...frame.querySelectorAll('tbody td, tbody th')]
            .filter((node) => node.scrollWidth > node.clientWidth + 1)
            .map((node) => node.outerHTML),
    );

    assert.deepEqual(cut, []);
}

export const axe_finds_nothing_in_a_light_history = (lab) => noViolations(lab, {width: 1280});
export const axe_finds_nothing_in_a_dark_history = (lab) => noViolations(lab, {width: 1920, dark: true});
export const axe_finds_nothing_in_a_history_on_a_phone = (lab) => noViolations(lab, {width: 360, height: 740});
