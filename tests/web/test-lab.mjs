// The lab: the question before a run, a run's own address, what is on the page while it goes on, sweeps, and what is
// said of a result that is no longer the newest.
import assert from 'node:assert/strict';
import {chooseExperiment, field, getRun, hasValue, pressRun, tick} from './steps.mjs';

const runButton = (page) => page.getByRole('button', {name: 'Run', exact: true});
const idOf = (page) => /#runs\/(\w{26})$/.exec(page.url())?.[1];
const atRun = (page) => page.waitForURL(/#runs\/\w{26}$/);
const isOver = (page) => page.locator('body:not(.running)').waitFor({timeout: 90000});

// A run that goes on until it is cancelled: each takes some hundred milliseconds, and there are many of them. repeat is
// another one in each test, or it would join another's run.
async function startLong(page, repeat) {
    await page.evaluate((hash) => {
        location.hash = hash;
    }, `#lab/countdown?mode=serial,threads&n=100M&repeat=${repeat}`);
    await page.waitForFunction((n) => document.querySelector('#field-repeat')?.value === n, String(repeat));
    await runButton(page).click();
    await atRun(page);
    return idOf(page);
}

export async function a_sweep_is_drawn_as_lines_with_a_table({page}) {
    await field(page, 'tasks').fill('1,2,3');
    await tick(page, 'lock', ['none', 'gil']);
    await field(page, 'n').fill('300k');
    const {body} = await pressRun(page);
    const [time, gain, efficiency] = await page
        .locator('#result figure')
        .first()
        .locator('canvas[role=img]')
        .evaluateAll((all) => all.map((canvas) => canvas.getAttribute('aria-label')));

    assert.match(time, /^Line chart: median wall time, along tasks\. serial, none: 1: [\d.]+ [mµn]?s, 2: /);
    assert.match(gain, /^Line chart: speed-up: times as fast as serial, along tasks\./);
    assert.match(efficiency, /^Line chart: efficiency: .* threads, gil: 1: [\d.,]+ %, 2: [\d.,]+ %/);
    // What serial is held against itself is no line.
    assert.doesNotMatch(gain, /serial, gil: 1:/);
    await page.locator('#result figure').first().getByText('The numbers of this chart').click();
    const numbers = page.locator('#result figure').first().locator('table').first();

    await numbers.waitFor();
    const figures = await numbers
        .locator('tbody tr')
        .evaluateAll((rows) => rows.map((row) => [...row.querySelectorAll('data')].map(({value}) => Number(value))));
    const series = ['none', 'gil'].flatMap((lock) => ['serial', 'threads', 'processes'].map((mode) => [lock, mode]));
    const median = (n, lock, mode) =>
        body.cells.find((cell) => cell.tasks === n && cell.lock === lock && cell.mode === mode).wall_ns.median;

    assert.deepEqual(
        figures,
        [1, 2, 3].map((n) => [n, ...series.map(([lock, mode]) => median(n, lock, mode))]),
    );
}

// The best that the machine could do comes from the ideal times, and so knows how many CPUs there are.
export async function the_ideal_line_ends_at_the_cpus({page}) {
    const ideal = await page.evaluate(async () => {
        const {idealPoints, seriesOf} = await import('./charts/sweep.js');
        const cell = (mode, tasks, ideal_ns, to) => ({
            mode,
            tasks,
            runtime: 'c',
            lock: 'none',
            cpus: 2,
            params: {},
            ideal_ns,
            relative: {to, ratio: 1, interval: null},
        });
        const cells = [1, 2, 4].flatMap((n, i) => [
            cell('serial', n, 100 * n, 2 * i),
            cell('threads', n, 100 * Math.ceil(n / 2), 2 * i),
        ]);

        return idealPoints(seriesOf({cells}, 'tasks'), 'tasks', cells);
    });

    assert.deepEqual(ideal, [
        {x: 1, y: 1},
        {x: 2, y: 2},
        {x: 4, y: 2},
    ]);
}

export async function the_question_hides_what_would_answer_it_and_is_locked_when_sent({page}) {
    const hints = () => page.locator('#form').innerText();
    const question = page.locator('#question');

    assert.doesNotMatch(await hints(), /threads do not help|one after the other in one thread/i);
    await question.getByRole('radio').nth(1).check();
    assert.equal(await question.getByRole('radio').nth(1).evaluate((node) => node === document.activeElement), true);
    assert.match(await hints(), /threads do not help/i);
    await field(page, 'n').fill('300k');
    const {sent, body} = await pressRun(page);
    const chosen = await question.getByRole('radio').nth(1).inputValue();

    assert.equal(sent.prediction, chosen);
    assert.equal(body.prediction, chosen);
    assert.equal(body.question, 'countdown');
    for (const radio of await question.getByRole('radio').all()) assert.equal(await radio.isDisabled(), true);
    assert.match(await page.locator('.predicted').innerText(), /You expected: “/);
    const verdict = await page.locator('.predicted b').last().innerText();
    const words = {true: /^So it came out/, false: /^It came out otherwise/, null: /cannot tell/};

    assert.match(verdict, words[String(body.held)]);
    // What was sent once goes with no other run, until it is asked again.
    await field(page, 'n').fill('310k');
    assert.equal((await pressRun(page)).sent.prediction, undefined);
    await question.getByRole('button', {name: 'Ask me again'}).click();
    assert.equal(await question.getByRole('radio').first().isDisabled(), false);
    assert.doesNotMatch(await hints(), /threads do not help/i);
    await question.getByRole('button', {name: 'Skip'}).click();
    assert.match(await hints(), /threads do not help/i);
}

export async function few_fields_come_first_and_each_has_a_plain_name({page, base}) {
    const catalog = await (await fetch(`${base}/experiments`)).json();

    for (const {name} of catalog.experiments) {
        await chooseExperiment(page, name);
        const inView = page.locator('#form .field:visible, #form fieldset[id^=field-]:visible');

        assert.ok((await inView.count()) <= 6, name);
        for (const label of await page.locator('#form .field > label, #form fieldset[id^=field-] > legend').all()) {
            const [own, all] = [await label.locator('.own-name').textContent(), await label.textContent()];

            assert.ok(all.startsWith(all[0].toUpperCase()) && all.length > own.length + 1, `${name}: ${all}`);
        }
    }
}

export async function bars_grow_while_the_rest_still_runs({page}) {
    const id = await startLong(page, 61);
    const bars = page.locator('#live canvas[role=img]');

    await bars.and(page.locator('[aria-label]')).waitFor({timeout: 60000});
    await page.locator('#live .hint', {hasText: /\d timed repetitions? of 2 cells/}).waitFor();
    assert.equal((await getRun(page, id)).status, 'running');
    assert.match(await bars.getAttribute('aria-label'), /serial ([\d.]+ m?s|no time yet); threads/);
    await page.locator('#live .hint', {hasText: /^([2-9]|\d\d) timed/}).waitFor({timeout: 60000});
    await page.getByRole('button', {name: 'Cancel'}).click();
    await isOver(page);
    assert.equal(await page.locator('#live').isVisible(), false);
}

// Its time was given, so the bars are of what it is about.
export async function what_a_convoy_measures_grows_while_it_runs({page}) {
    await page.evaluate(() => {
        location.hash = '#lab/convoy?mode=threads&duration_ms=200&repeat=60&warmup=0';
    });
    await page.waitForFunction(() => document.querySelector('#field-repeat')?.value === '60');
    await runButton(page).click();
    await atRun(page);
    const bars = page.locator('#live canvas[role=img]');

    await bars.and(page.locator('[aria-label*="half within. threads "]')).waitFor({timeout: 60000});
    assert.match(await bars.getAttribute('aria-label'), /threads [\d.]+ [mµn]?s;$/);
    assert.equal(await page.locator('#live').getByText('follows with the result').count(), 0);
    await page.getByRole('button', {name: 'Cancel'}).click();
    await isOver(page);
}

export async function a_reload_a_second_tab_and_back_find_a_run_that_goes_on({page, open}) {
    const id = await startLong(page, 62);

    await page.reload();
    await page.getByRole('button', {name: 'Running'}).waitFor();
    // The form is that of the run as soon as the run is found; until then it has the defaults.
    await hasValue(field(page, 'repeat'), '62');
    // An edit meanwhile does not take the run's address away.
    await field(page, 'repeat').fill('3');
    assert.equal(idOf(page), id);
    const {page: second} = await open(`#runs/${id}`);

    await second.getByRole('button', {name: 'Running'}).waitFor();
    await page.evaluate(() => {
        location.hash = '#class';
    });
    await page.locator('#view[data-view=room]').waitFor();
    await page.goBack();
    await page.getByRole('button', {name: 'Running'}).waitFor();
    await page.getByRole('button', {name: 'Cancel'}).click();
    await isOver(page);
    await isOver(second);
    assert.equal((await getRun(page, id)).status, 'cancelled');
}

// A run in the queue is found again too, with its place.
export async function a_reload_finds_a_run_that_waits({page, open}) {
    await startLong(page, 63);
    const {page: waiting} = await open('#lab/countdown?n=300k&repeat=2&mode=serial');

    await runButton(waiting).click();
    await atRun(waiting);
    await waiting.locator('.progress-words', {hasText: 'in the queue'}).waitFor();
    await waiting.reload();
    await waiting.locator('.progress-words', {hasText: 'in the queue'}).waitFor();
    await page.getByRole('button', {name: 'Cancel'}).click();
    await isOver(page);
    await waiting.locator('#result table').first().waitFor({timeout: 60000});
    await isOver(waiting);
}

export async function a_server_that_was_away_is_found_again({open, serve, restart}) {
    const base = await serve();
    const {page} = await open('#lab/countdown?n=300k&repeat=2&mode=serial', {base});

    await pressRun(page);
    await page.locator('#result table').first().waitFor();
    const id = idOf(page);

    await restart(base);
    // The same run from the archive, and a new one.
    await page.reload();
    await page.locator('#result table').first().waitFor();
    assert.equal(idOf(page), id);
    await field(page, 'n').fill('310k');
    assert.equal((await pressRun(page)).body.status, 'done');
}

// What the end of the server broke off says so, and a page that followed it hears of it by itself.
export async function a_run_that_the_server_left_is_told_of({open, serve, restart}) {
    const base = await serve();
    const {page} = await open('#lab/countdown', {base});

    await startLong(page, 64);
    await page.locator('#live canvas[role=img]').waitFor({timeout: 60000});
    await restart(base, () => page.waitForTimeout(1500));
    await isOver(page);
    await page.getByRole('alert').first().waitFor();
    await runButton(page).waitFor();
    await page.goto('about:blank');
    await page.goto(`${base}/#lab/countdown?n=300k&repeat=2&mode=serial`);
    assert.equal((await pressRun(page)).body.status, 'done');
}

export async function an_old_result_says_that_it_is_old({page}) {
    const old = page.locator('#result .old-words');

    await field(page, 'n').fill('300k');
    await tick(page, 'mode', ['serial']);
    await pressRun(page);
    assert.equal(await old.count(), 0);
    await field(page, 'tasks').fill('0');
    assert.equal((await pressRun(page)).status, 400);
    assert.match(await old.textContent(), /earlier run/);
    assert.match(await page.locator('#error-tasks').textContent(), /^tasks: /);
    await field(page, 'tasks').fill('1');
    await pressRun(page);
    assert.equal(await old.count(), 0);
    // One that was cancelled before it had anything leaves the former one there, as an old one.
    await field(page, 'n').fill('2G');
    await runButton(page).click();
    await old.waitFor();
    await page.getByRole('button', {name: 'Cancel'}).click();
    await isOver(page);
    assert.match(await old.textContent(), /earlier run/);
}

export async function the_curl_line_has_the_header_where_a_token_is_wanted({open, serve}) {
    const base = await serve(['server.token=correct-horse']);
    const {page} = await open('#lab/countdown?n=300k&repeat=1&mode=serial,threads', {base});
    const line = page.locator('#questions .curl pre code');

    assert.doesNotMatch(await line.textContent(), /Authorization/);
    await runButton(page).click();
    await page.locator('#token').fill('correct-horse');
    await page.getByRole('button', {name: 'Use it'}).click();
    await page.locator('#result table').first().waitFor({timeout: 60000});
    for (const one of [line, page.locator('#result .curl pre code')]) {
        const text = await one.textContent();

        assert.match(text, /^curl -H "Authorization: Bearer \$GILSCOPE_TOKEN" '.*&.*'$/);
        assert.ok(!text.includes('correct-horse'));
    }
}

// As many as the server makes of it: parameters of a lock span its own cells, and what cannot be is left out.
export async function the_number_of_cells_is_that_of_the_run({page, base, open}) {
    for (const query of [
        'n=300k&repeat=1&lock=none,gil,gil-py2&switch_interval_us=1000,5000&tasks=1,2',
        'n=300k&repeat=1&lock=gil-py2&check_interval=50,100,200&mode=serial',
    ]) {
        const {page: one} = await open(`#lab/countdown?${query}`, {base});
        const said = await one.locator('.actions .hint').first().textContent();
        const {body} = await pressRun(one);

        assert.equal(Number(/^\d+/.exec(said)[0]), body.cells.length, query);
    }
    const left = await page.evaluate(async () => {
        const {countCells} = await import('./core/grid.js');
        const {loadCatalog} = await import('./core/catalog.js');
        const catalog = await loadCatalog();
        const [c] = catalog.runtimes;
        const own = {...catalog.parameters.find(({name}) => name === 'runtime'), choices: [c.runtime, 'snake']};

        catalog.runtimes = [c, {...c, runtime: 'snake', own_lock: 'gil', locks: ['gil'], modes: ['serial']}];
        catalog.parameters = [...catalog.parameters.filter(({name}) => name !== 'runtime'), own];
        return countCells(catalog, {
            experiment: 'countdown',
            values: {runtime: `${c.runtime},snake`, mode: 'serial,threads', lock: 'none,gil', tasks: '1,2'},
        });
    });

    // 2 modes, 2 locks and 2 numbers of tasks in one; in the other one of each, but the tasks.
    assert.equal(left, 8 + 2);
}

export async function a_runtime_that_has_started_is_there_without_a_reload({page, base}) {
    let isReady = false;

    await page.route('**/experiments', async (route) => {
        const catalog = await (await fetch(`${base}/experiments`)).json();
        const slow = {...catalog.runtimes[0], runtime: 'slow', status: isReady ? 'ready' : 'starting'};

        catalog.runtimes.push(slow);
        if (isReady) catalog.parameters.find(({name}) => name === 'runtime').choices.push('slow');
        await route.fulfill({json: catalog});
    });
    await page.reload();
    await page.locator('input[name=missing-runtime], #machine', {hasText: /Slow is starting/}).first().waitFor();
    await field(page, 'tasks').fill('4');
    isReady = true;
    await page.locator('input[name=runtime][value=slow]').waitFor();
    assert.equal(await field(page, 'tasks').inputValue(), '4');
    assert.equal(await field(page, 'tasks').evaluate((node) => node === document.activeElement), true);
}
