// What the page makes of an answer: the lesson first, each doubt once, what the spans show, and a reason in
// the place of each figure that is missing. Answers are made here, in the form of the server's, so that
// nothing hangs on how quiet the machine is.
import assert from 'node:assert/strict';
import http from 'node:http';
import {once} from 'node:events';
import {chooseExperiment, field, pressRun, readTable} from './steps.mjs';

const NOISE = 'other programs took 40.0 % of the CPU time (more than 8 % is noisy)';
const CROWD = 'never more than one thread held the lock at a time';
const crowd = (max, text) => ({max, mean: max / 2, whole: true, ...(text && {text})});
const stats = (median, interval = [median, median]) => ({
    median,
    min: median,
    max: median,
    mad: 0,
    interval,
    level: 0.984,
    reason: null,
    samples: [median],
});

function cell(mode, more = {}) {
    return {
        title: '',
        runtime: 'c',
        mode,
        lock: 'gil',
        tasks: 2,
        cpus: 2,
        params: {n: 5},
        status: 'done',
        wall_ns: stats(4e8),
        cpu_ns: stats(2e8),
        create_ns: stats(1e5),
        join_ns: stats(1e4),
        waits_ns: null,
        start_ns: null,
        ideal_ns: null,
        relative: {to: 0, ratio: 1, interval: [1, 1], verdict: 'same'},
        scaling: null,
        context_switches: null,
        memory: null,
        lock_stats: null,
        per_task: [],
        completion_order: null,
        metrics: {},
        inside: null,
        outside: null,
        timeline: null,
        ...more,
    };
}

const cannotTell = {to: 0, ratio: 1.2, interval: [0.8, 1.6], verdict: 'cannot tell', hint: 'try repeat=20'};
const SAID = {
    heading: 'countdown, 2 tasks',
    findings: [],
    doubts: [],
    repetitions: null,
    machine: 'A CPU',
    noise: null,
};

function answer(cells, more = {}) {
    return {
        id: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
        experiment: 'countdown',
        status: 'done',
        created_at: '2026-01-01T00:00:00Z',
        request: {timeline: 'auto', sized: []},
        host: {noisy: false, noise_reasons: []},
        about: {figure: null, head: null, words: null, fixed_time: false},
        precision: null,
        cells,
        ...more,
        sentences: {...SAID, ...more.sentences},
    };
}

// Shows an answer; totals are those of the catalog.
async function show(page, run, totals = []) {
    await page.evaluate(
        async ([shown, sums]) => {
            const {showResult} = await import('./lab/result.js');

            window.shown?.close();
            window.shown = showResult(document.getElementById('result'), shown, {
                values: {},
                formats: [],
                totals: sums,
                baseline: 'serial',
            });
        },
        [run, totals],
    );
    return page.locator('#result');
}

// The text of the result, as it stands there in order.
const textOf = async (result) => (await result.innerText()).replaceAll(/\s+/g, ' ');
const times = (text, part) => text.split(part).length - 1;

async function assertOrder(result, selectors) {
    const places = await result.evaluate((node, all) => {
        const nodes = all.map((selector) => node.querySelector(selector));

        return nodes.map((one, i) => one && (i === 0 || nodes[i - 1].compareDocumentPosition(one) === 4));
    }, selectors);

    assert.deepEqual(
        places,
        selectors.map((_, i) => i >= 0),
        selectors.join(', '),
    );
}

export async function the_lesson_stands_above_all_figures({page}) {
    const lesson = 'Two took turns. Take it with care: only 3 repetitions.';
    const result = await show(
        page,
        answer([cell('serial'), cell('threads', {relative: cannotTell})], {lesson}),
    );

    await assertOrder(result, ['h2', '.lesson', 'canvas[role=img]', 'table']);
    assert.equal(await result.locator('.lesson').textContent(), lesson);
    assert.equal(await result.locator('.care').textContent(), 'Take it with care: only 3 repetitions.');
}

export async function noise_is_said_once({page}) {
    const noisy = {
        host: {noisy: true, noise_reasons: [NOISE]},
        sentences: {
            care: `The machine was noisy, so take the figures with care: ${NOISE}.`,
            noise: 'other programs took 40.0 % of the CPU time, other machines 0.0 %',
        },
    };
    const cells = [cell('serial'), cell('threads')];
    const inLesson = await show(
        page,
        answer(cells, {...noisy, lesson: `Two. Take it with care: the machine was noisy: ${NOISE}.`}),
    );

    assert.equal(times(await textOf(inLesson), 'other programs'), 1);
    await assertOrder(inLesson, ['.care', 'canvas[role=img]', 'table']);
    const beside = await show(page, answer(cells, {...noisy, lesson: 'Two.'}));

    assert.equal(times(await textOf(beside), 'other programs'), 1);
    await assertOrder(beside, ['.lesson', '.care', 'canvas[role=img]', 'table']);
    const quiet = await show(
        page,
        answer(cells, {lesson: 'Two.', sentences: {noise: 'other programs took 1.0 %'}}),
    );

    assert.equal(times(await textOf(quiet), 'Other programs'), 1);
    assert.equal(await quiet.locator('.care').count(), 0);
}

export async function what_the_spans_show_stands_at_the_verdicts({page}) {
    const threads = {relative: cannotTell, inside: crowd(1, CROWD), outside: crowd(0)};
    const cells = [cell('serial', {inside: crowd(1)}), cell('threads', threads)];
    const doubts = [
        'threads against serial: cannot tell, the ratio is between 0.80 and 1.60; try repeat=20.',
    ];
    const result = await show(page, answer(cells, {sentences: {doubts}}));

    assert.deepEqual(await result.locator('.findings li').allTextContents(), [
        ...doubts,
        `threads: ${CROWD}`,
    ]);
    await assertOrder(result, ['.findings', '.sights', 'table']);
    const rows = await readTable(page, 1);

    assert.deepEqual(
        rows.map((row) => row['most inside at once'].values),
        [[1], [1]],
    );
    assert.deepEqual(rows[1]['inside on average'].values, [0.5]);
}

// Ten cells that show the same need one line, and cells without spans say why.
export async function the_same_sight_of_many_cells_is_said_once({page}) {
    const many = Array.from({length: 6}, (_, i) =>
        cell('threads', {tasks: i + 2, title: `${i + 2} tasks`, inside: crowd(1, CROWD)}),
    );
    const result = await show(page, answer(many));

    assert.deepEqual(await result.locator('.sights li').allTextContents(), [
        `2 tasks, 3 tasks, 4 tasks, 5 tasks and 2 more: ${CROWD}`,
    ]);
    const without = await show(
        page,
        answer([cell('threads', {timeline: {reason: 'the run ended before it was traced'}})]),
    );

    assert.match(await textOf(without), /is not known: The run ended before it was traced\./);
    assert.equal(await without.locator('.sights').count(), 0);
}

export async function the_chart_is_of_what_the_run_is_about({page}) {
    const about = {
        figure: 'memory.rss_per_task_bytes',
        head: 'each task',
        words: 'each task held {} of memory',
        fixed_time: true,
    };
    const cells = [
        cell('serial', {memory: {rss_per_task_bytes: 5504}, relative: null}),
        cell('threads', {memory: {rss_per_task_bytes: 13696}, relative: null}),
    ];
    const result = await show(page, answer(cells, {about}));
    const bars = result.locator('canvas[role=img]').first();

    assert.equal(
        await bars.getAttribute('aria-label'),
        'Bar chart: Held by each task (resident memory). serial 5,504 B; threads 13.7 KB;',
    );
    // The time was given, so no bar shows it and it has no interval.
    const offered = await result
        .locator('.bars-show option')
        .evaluateAll((all) => all.map(({value}) => value));

    assert.deepEqual(offered, ['cpu_ns.median', 'memory.rss_per_task_bytes']);
    const [row] = await readTable(page);

    assert.deepEqual(row['each task'].values, [5504]);
    assert.deepEqual(row['given time'].values, [4e8]);
    assert.equal(row.interval, undefined);
    assert.equal(row.verdict, undefined);
    // Of a run that is about something else than the time, but whose time counts, both are offered.
    await show(page, answer(cells, {about: {...about, fixed_time: false}}));
    assert.equal(await page.locator('.bars-show').inputValue(), 'wall_ns.median');
    assert.equal(await page.locator(`.bars-show option[value="${about.figure}"]`).count(), 1);
}

export async function a_missing_figure_has_its_reason_in_its_place({page}) {
    const few = '2 requests are too few for a 50th percentile, which needs 3';
    const short = '3 repetitions are too few for an interval, which needs 6';
    const about = {
        figure: 'metrics.latency_p50_ns',
        head: 'half within',
        words: 'half came within {}',
        fixed_time: true,
    };
    const missing = {latency_p50_ns: null, latency_p50_ns_reason: few};
    const cells = [
        cell('serial', {metrics: {latency_p50_ns: 25000}}),
        cell('threads', {metrics: missing}),
        cell('epoll', {metrics: null}),
    ];
    const result = await show(page, answer(cells, {about}));

    assert.match(
        await result.locator('canvas[role=img]').last().getAttribute('aria-label'),
        new RegExp(`threads ${few};`),
    );
    assert.deepEqual(
        (await readTable(page)).map((row) => row['half within'].text),
        ['25.0 µs', few, '–'],
    );
    await result.getByText('What countdown measures').click();
    const metrics = await readTable(page, 1);

    assert.deepEqual(Object.keys(metrics[1]), ['mode', 'latency p50']);
    assert.equal(metrics[1]['latency p50'].text, few);
    assert.doesNotMatch(await textOf(result), /NaN|undefined|null/);

    const bare = {...stats(4e8, null), mad: null, level: null, reason: short};
    const without = await show(
        page,
        answer([
            cell('serial', {wall_ns: bare}),
            cell('threads', {wall_ns: bare, cpu_ns: null, create_ns: null}),
        ]),
    );

    assert.equal(times(await textOf(without), short), 1);
    assert.match((await readTable(page))[0].interval.text, /min to max/);
    assert.doesNotMatch(await textOf(without), /NaN|undefined|null/);
}

export async function what_tasks_do_against_one_is_in_the_table({page}) {
    const scaled = (tasks, scaling) =>
        cell('threads', {tasks, title: `${tasks} tasks`, relative: null, scaling});
    const one = {to: 0, speedup: 1, interval: [1, 1], efficiency: 1, verdict: 'same', gain: null};
    const two = {
        to: 0,
        speedup: 1.93,
        interval: [1.9, 1.95],
        efficiency: 0.965,
        verdict: 'faster',
        gain: 'faster',
    };
    const finding = 'threads: 2 tasks do 1.93 times the work of one in the same time (1.90 to 1.95)';
    const result = await show(
        page,
        answer([scaled(1, one), scaled(2, two)], {sentences: {findings: [finding]}}),
    );
    const rows = await readTable(page);

    assert.deepEqual(rows[1]['speed-up'].values, [1.93]);
    assert.match(rows[1]['speed-up'].text, /1\.90 to 1\.95/);
    assert.deepEqual(rows[1].efficiency, {text: '97 %', values: [0.965]});
    assert.equal(rows[1].verdict.text, 'faster');
    assert.equal(rows[1]['× serial'], undefined);
    assert.equal(await result.locator('.findings li').first().textContent(), finding);
    await show(page, answer([cell('serial'), cell('threads')]));
    assert.equal((await readTable(page))[0]['speed-up'], undefined);
}

// Each runtime has its own number of turns, so the bars are what each took of its serial time.
export async function several_runtimes_stand_side_by_side({page}) {
    const of = (runtime, mode, n, more) =>
        cell(mode, {runtime, title: `${runtime}, lock gil`, params: {n}, ...more});
    const model = {to: 1, ratio: 0.99, interval: [0.95, 1.02], verdict: 'agrees', text: 'agrees within 10 %'};
    const run = answer(
        [
            of('c', 'serial', 1e9),
            of('c', 'threads', 1e9, {relative: {to: 0, ratio: 2, interval: [1.9, 2.1], verdict: 'slower'}}),
            of('python3', 'serial', 1e7, {relative: {to: 2, ratio: 1, interval: [1, 1], verdict: 'same'}}),
            of('python3', 'threads', 1e7, {
                relative: {to: 2, ratio: 2.02, interval: [1.9, 2.2], verdict: 'slower'},
                model,
            }),
        ],
        {
            runtimes: [
                {runtime: 'c', version: '1', about: null, status: 'done'},
                {runtime: 'python3', version: '3', about: 'a Python', status: 'failed', reason: 'it died'},
            ],
            sentences: {
                models: ['python3, threads: the model (c, lock gil) agrees within 10 %.'],
                left_out: ['python3 was lost: it died', 'left out: jython, processes: it cannot fork'],
            },
        },
    );
    const result = await show(page, run);
    const rows = await readTable(page);
    const text = await textOf(result);

    assert.equal(await result.locator('.bars-show').inputValue(), 'relative.ratio');
    assert.match(await result.locator('canvas[role=img]').getAttribute('aria-label'), /threads 2\.02;/);
    assert.equal(rows[3].runtime.text, 'python3');
    assert.deepEqual(rows[3]['model ÷ real'].values, [0.99]);
    assert.equal(rows[3].model.text, 'agrees');
    assert.equal(rows[1]['model ÷ real'].text, '–');
    for (const said of ['Python3 was lost: it died.', 'Left out: jython, processes', 'the model (c, lock gil) agrees'])
        assert.equal(times(text, said), 1, said);
    assert.match(text, /Runtimes: c 1, python3 3 \(a Python\)\./);
    await show(page, answer([cell('serial'), cell('threads')]));
    assert.equal((await readTable(page))[0]['model ÷ real'], undefined);
    assert.equal(await page.locator('.bars-show').inputValue(), 'wall_ns.median');
}

// Heads of columns, and words of the form where they stand for the first time.
export async function words_are_explained_where_they_stand({page}) {
    const result = await show(page, answer([cell('serial'), cell('threads')]));
    const terms = () => result.locator('table').first().locator('th button.term').allTextContents();

    assert.deepEqual(await terms(), ['mode', 'wall time', 'interval', '× serial', 'verdict', 'CPU time', 'switches']);
    await show(page, answer([cell('threads', {relative: null})]));
    assert.deepEqual(await terms(), ['mode', 'wall time', 'interval', 'CPU time', 'switches']);
    const inForm = await page.locator('#form .hint button.term').allTextContents();

    assert.equal(inForm.filter((word) => /^ticks?$/.test(word)).length, 1);
    assert.match(
        await page.locator('.actions .hint').first().textContent(),
        /^3 cells, 7 × each after 1 warm-up\./,
    );
    assert.match(await page.locator('header').textContent(), /GIL is the\s+global interpreter lock/);
    // Choices are explained when the question before the run is out of the way.
    await page.getByRole('button', {name: 'Skip', exact: true}).click();
    assert.match(
        await page.locator('.check', {has: page.locator('[value=epoll]')}).textContent(),
        /event loop in one thread; also called asyncio/,
    );
}

// Names stand under the chart, their meaning behind them; how long the run took, and what the lesson says
// of a group, stand once.
export async function nothing_is_explained_twice({page}) {
    const ideal = {ideal_ns: 2e8, duration_ns: 15.5e9};
    const slow = {...ideal, relative: {to: 0, ratio: 2.01, interval: [2, 2.02], verdict: 'slower'}};
    const one = 'threads took 2.01 times the serial time (slower)';
    const cells = [1, 2].flatMap((tasks) => [
        cell('serial', {...ideal, tasks, title: `${tasks} tasks`}),
        cell('threads', {...slow, tasks, title: `${tasks} tasks`}),
    ]);
    const sentences = {
        findings: ['1 tasks: threads took 1.30 times the serial time (slower)', `2 tasks: ${one}`],
        repetitions: '7 repetitions after 1 warm-up, 15.5 s in all',
    };
    const result = await show(
        page,
        answer(cells, {duration_ns: 15.5e9, lesson: `2 countdowns: ${one}. Why.`, sentences}),
    );
    const text = await textOf(result);

    assert.deepEqual(await result.locator('figcaption .key').allTextContents(), [
        'median',
        'interval: where the true value very likely lies',
        'ideal: the best that the lock and the CPUs allow',
        '× = times as long as serial',
    ]);
    assert.equal(times(text, '15.5 s'), 1);
    assert.deepEqual(await result.locator('.findings li').allTextContents(), [sentences.findings[0]]);
}

// In a narrow window the frame of a wide table has a shadow at its right edge.
export async function a_table_that_is_cut_off_shows_it({open}) {
    const {page} = await open('#lab/countdown', {width: 390, height: 800});
    const result = await show(page, answer([cell('serial'), cell('threads')]));
    const frame = result.locator('.frame').first();

    assert.ok(await frame.evaluate((node) => node.scrollWidth > node.clientWidth));
    assert.equal(
        await frame.evaluate((node) => getComputedStyle(node).backgroundAttachment),
        'local, scroll',
    );
}

export async function how_precise_it_is_stands_below_the_table({page}) {
    const precision = 'every ratio is known within 4.20 %, as asked (5 %), after 22 repetitions';
    const result = await show(page, answer([cell('serial'), cell('threads')], {sentences: {precision}}));

    assert.match(
        await textOf(result),
        /Every ratio is known within 4\.20 %, as asked \(5 %\), after 22 repetitions\./,
    );
    const said = await page.evaluate(async () => {
        const {progressText} = await import('./core/progress.js');
        const sample = {done: 23, of: 58, remaining_ns: 9e9};
        const last = {done: 22, of: 22, remaining_ns: 0};

        return [
            progressText('started', {of: 22, estimate_ns: 3e9}, true),
            progressText('sample', sample, true),
            progressText('sample', last, true),
            progressText('sample', last, false),
            progressText('started', {of: 24, estimate_ns: 3e9}, false, 3),
            progressText('sample', {done: 3, of: 24, remaining_ns: 9e9}, false, 3),
        ];
    });

    assert.deepEqual(said, [
        'At least 22 repetitions, about 3 s',
        'Repetition 23 of about 58, about 9 s left',
        '22 repetitions are done; more follow until the ratios are as precise as asked',
        'All 22 repetitions are done; the result follows',
        '24 repetitions (3 of them warm-ups), about 3 s',
        'Repetition 3 of 24 (3 of them warm-ups), about 9 s left',
    ]);
}

// Asked for by clicking: the fields come from the catalog, and while it runs nobody is told that all is done.
export async function a_precision_is_asked_for_in_the_form({page}) {
    await chooseExperiment(page, 'countdown');
    await field(page, 'n').fill('1e5');
    await page.getByText('More: repetitions').click();
    await field(page, 'precision').fill('50');
    await field(page, 'max_repeat').fill('30');
    assert.match(await page.locator('#hint-precision').textContent(), /0 to 50; default 0/);
    assert.match(await page.locator('.actions .hint').first().textContent(), /3 cells, 7 × or more each/);
    await page.evaluate(() => {
        window.said = [];
        new MutationObserver((records) =>
            window.said.push(...records.flatMap(({addedNodes}) => [...addedNodes].map((node) => node.data))),
        ).observe(document.querySelector('.progress-words'), {childList: true});
    });
    const {sent, body} = await pressRun(page);
    const said = await page.evaluate(() => window.said);

    assert.deepEqual(sent, {n: '1e5', precision: '50', max_repeat: '30'});
    assert.equal(said.filter((text) => text.startsWith('All ')).length, 0, said.join('\n'));
    assert.ok(body.sentences.precision);
    const shown = (await page.locator('#result').textContent()).toLowerCase();

    assert.ok(shown.includes(body.sentences.precision.toLowerCase()));
}

export async function answers_that_are_no_pages_are_said_and_in_the_table({open, serve}) {
    const broken = http.createServer((request, response) => {
        response.statusCode = 500;
        response.end('oops');
    });

    await once(broken.listen(0, '127.0.0.1'), 'listening');
    try {
        const {port} = broken.address();
        const base = await serve([`fetch.allow=127.0.0.1:${port}`]);
        const {page} = await open(
            `#run/fetch?mode=serial,threads&repeat=2&warmup=0&expect=any&url=http://127.0.0.1:${port}/`,
            {base},
        );

        await pressRun(page);
        assert.match(await page.locator('#result .care').textContent(), /8 of 8 answers were 500/);
        await assertOrder(page.locator('#result'), ['.care', 'canvas[role=img]', 'table']);
        assert.deepEqual(
            (await readTable(page)).map((row) => row.answers.text),
            ['500: 4', '500: 4'],
        );
        await page.locator('.bars-show').selectOption('metrics.answers_5xx');
        assert.match(await page.locator('figcaption').textContent(), /all repetitions together/);
    } finally {
        broken.close();
    }
}

// What has no result says so beside its verdict, where a table that is wider than the window does not hide it.
export async function what_is_not_done_says_so_beside_its_verdict({page}) {
    const late = {status: 'timeout', reason: 'ended after 6 of 7 repetitions', relative: cannotTell};

    await show(
        page,
        answer([cell('serial'), cell('threads', late)], {status: 'timeout', reason: 'it ran too long'}),
    );
    const [, row] = await readTable(page);
    const heads = Object.keys(row);

    assert.equal(heads.indexOf('status'), heads.indexOf('verdict') + 1);
    assert.equal(row.status.text, 'timeout: ended after 6 of 7 repetitions');
}

// A cell that was cancelled before its first repetition has no metrics at all.
export async function lost_updates_of_a_cell_without_any_are_left_out({page}) {
    const lost = {expected: 2000, actual: 1500, lost_updates: 500};
    const late = {status: 'cancelled', reason: 'the run was cancelled', metrics: null, relative: null, wall_ns: null};
    const about = {figure: 'metrics.lost_updates', head: 'lost', words: 'lost {}', fixed_time: false};
    const result = await show(
        page,
        answer([cell('threads', {metrics: lost}), cell('processes', late)], {experiment: 'counter', status: 'cancelled', about}),
    );

    await result.locator('summary', {hasText: 'The numbers of this chart'}).last().click();
    await result.getByText('1,500').last().waitFor();
}

export async function a_near_miss_is_named_in_the_box({page, base}) {
    const problem = await (await fetch(`${base}/run/countdown?taks=2&mode=asyncoi`)).json();

    await page.route('**/run/*', (route) =>
        route.fulfill({status: 400, contentType: 'application/problem+json', json: problem}),
    );
    await page.getByRole('button', {name: 'Run', exact: true}).click();
    const lines = page.getByRole('alert').locator('li');

    assert.match(await lines.nth(0).textContent(), /taks \(given 2\): .*did you mean tasks\?$/);
    assert.equal(await lines.count(), 1);
    // What has a field is said there.
    assert.match(await page.locator('#error-mode').textContent(), /^mode: .*did you mean asyncio\?$/);
    const unknown = await (await fetch(`${base}/run/countdwn`)).json();

    await page.unroute('**/run/*');
    await page.route('**/run/*', (route) =>
        route.fulfill({status: 404, contentType: 'application/problem+json', json: unknown}),
    );
    await page.getByRole('button', {name: 'Run', exact: true}).click();
    await page.getByRole('alert').filter({hasText: 'did you mean countdown?'}).waitFor();
}

// A line of the lists is the server's text, whether it has a figure or not; a run without one has a dash.
export async function a_headline_without_a_figure_is_its_text({page}) {
    const text = '2 tasks, lock gil: threads against serial: cannot tell';
    const row = (id, headline) => ({
        id,
        experiment: 'countdown',
        status: 'done',
        created_at: '2026-01-01T00:00:00Z',
        label: null,
        noisy: true,
        headline,
    });

    await page.route('**/runs?*', (route) =>
        route.fulfill({
            json: {
                runs: [
                    row('01ARZ3NDEKTSV4RRFFQ69G5FAV', {text, value: null, unit: null}),
                    row('01ARZ3NDEKTSV4RRFFQ69G5FAW', null),
                ],
                next: null,
            },
        }),
    );
    await page.evaluate(() => {
        location.hash = '#runs';
    });
    await page.locator('.panel tbody tr').nth(1).waitFor();
    const [first, second] = await page.locator('.panel tbody tr').allTextContents();

    assert.ok(first.includes(text));
    assert.match(second, /–/);
    assert.equal(await page.locator('[title]').count(), 0);
}
