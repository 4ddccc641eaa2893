// What is said of numbers. The page's own modules are asked, in the browser that runs them.
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import {writeCases} from './number-cases.mjs';

const stats = (median, interval) => ({median, min: median, max: median, interval, samples: [median]});
const cell = (mode, ratio, verdict, more = {}) => ({
    runtime: 'c',
    mode,
    lock: 'gil',
    tasks: 2,
    cpus: 2,
    params: {n: 5},
    status: 'done',
    wall_ns: stats(ratio * 1e9, null),
    relative: {to: 0, ratio, interval: null, verdict},
    ...more,
});

// The same rules as on the server, in the engine of this browser.
export async function numbers_are_written_as_the_server_writes_them({page}) {
    const cases = JSON.parse(await fs.readFile(new URL('../cases/numbers.json', import.meta.url), 'utf8'));
    // As an expression: a function made of a text is what the page's policy forbids.
    const said = await page.evaluate(
        `import('./core/format.js').then((format) => (${writeCases})(${JSON.stringify(cases)}, format))`,
    );

    assert.deepEqual(said, cases);
}

export async function numbers_are_typed_without_commas({page}) {
    const said = await page.evaluate(async () => {
        const {time, typed, withoutZeros} = await import('./core/format.js');

        return [typed(1000000), typed(5000), time(null), withoutZeros(time(61e9)), withoutZeros('1.00')];
    });

    assert.deepEqual(said, ['1_000_000', '5000', '–', '61 s', '1']);
}

// What came out is in the heading, unless the lesson below begins with it or the run has several groups. Texts
// are the server's (tests/unit/test-results-sentences.c).
export async function the_heading_says_what_came_out_once({page}) {
    const finding = 'threads took 2.01 times the serial time (slower)';
    const run = {
        id: 'X',
        created_at: '2026-01-01T00:00:00Z',
        experiment: 'countdown',
        status: 'done',
        request: {},
        cells: [cell('serial', 1, 'same'), cell('threads', 2.011, 'slower')],
        sentences: {heading: 'countdown, 2 tasks', findings: [finding], doubts: ['threads: a doubt.']},
    };
    const show = (shown, headline) =>
        page.evaluate(
            async ([one, about]) => {
                const {showResult} = await import('./lab/result.js');
                const section = document.getElementById('result');

                showResult(section, one, {
                    values: {},
                    formats: [],
                    about: {figure: about},
                    baseline: 'serial',
                }).close();
                return [
                    section.querySelector('h2').textContent,
                    [...section.querySelectorAll('.findings li')].map((line) => line.textContent),
                ];
            },
            [shown, headline],
        );
    const grouped = {
        ...run,
        cells: ['lock none', 'lock gil'].flatMap((title) => run.cells.map((one) => ({...one, title}))),
    };

    assert.deepEqual(await show(run), [`countdown, 2 tasks: ${finding}`, ['threads: a doubt.']]);
    assert.deepEqual(await show({...run, lesson: `Two: ${finding}. Why.`}), [
        'countdown, 2 tasks',
        ['threads: a doubt.'],
    ]);
    // The lesson has it after another mode, and so in short.
    const short = 'Two: processes took 1.01 times the serial time (same), threads 2.01 times (slower).';

    assert.equal((await show({...run, lesson: short}))[0], 'countdown, 2 tasks');
    assert.deepEqual(await show(grouped), ['countdown, 2 tasks', [finding, 'threads: a doubt.']]);
    assert.deepEqual(await show(run, 'metrics.requests'), ['countdown, 2 tasks', []]);
    assert.deepEqual(await show({...run, sentences: undefined}), ['countdown', []]);
}

export async function bars_are_grouped_by_what_varies({page}) {
    const cells = ['none', 'gil'].flatMap((lock) => [
        cell('serial', 1, 'same', {lock, title: `lock ${lock}`}),
        cell('threads', 0.5, 'faster', {lock, title: `lock ${lock}`}),
    ]);
    const [rows, single] = await page.evaluate(async (run) => {
        const {barRows} = await import('./charts/bars.js');

        return [barRows(run), barRows(run.filter(({mode}) => mode === 'threads'))];
    }, cells);

    assert.deepEqual(
        rows.map((row) => row.group ?? row.label),
        ['lock none', 'serial', 'threads', 'lock gil', 'serial', 'threads'],
    );
    assert.deepEqual(
        single.map((row) => row.label),
        ['lock none', 'lock gil'],
    );
}

// A run from before there were titles.
export async function bars_without_titles_are_grouped_by_bare_values({page}) {
    const cells = ['none', 'gil'].flatMap((lock) => [
        cell('serial', 1, 'same', {lock}),
        cell('threads', 0.5, 'faster', {lock}),
    ]);
    const rows = await page.evaluate(async (run) => (await import('./charts/bars.js')).barRows(run), cells);

    assert.deepEqual(
        rows.map((row) => row.group ?? row.label),
        ['none', 'serial', 'threads', 'gil', 'serial', 'threads'],
    );
}

export async function bars_show_any_figure_of_a_cell({page}) {
    const cells = [
        cell('serial', 1, 'same', {metrics: {latency_p50_ns: 28100}, memory: {rss_per_task_bytes: 978}}),
        cell('threads', 2, 'slower', {metrics: {latency_p50_ns: 5170000, why: 'text'}}),
        cell('epoll', 1, 'same', {metrics: null}),
    ];
    const said = await page.evaluate(async (run) => {
        const {measurePaths} = await import('./core/cells.js');
        const {barRows, barsInWords, barsTitle} = await import('./charts/bars.js');
        const paths = measurePaths(run);
        const rows = barRows(run, 'metrics.latency_p50_ns');

        return {
            paths,
            titles: paths.map(barsTitle),
            rows: rows.map(({value, text, failed}) => value ?? text ?? failed),
            words: barsInWords(rows, 'metrics.latency_p50_ns'),
            memory: barRows(run, 'memory.rss_per_task_bytes')[0].text,
            range: [rows[0].low, rows[0].high, rows[0].ideal],
        };
    }, cells);

    assert.deepEqual(said, {
        paths: ['wall_ns.median', 'metrics.latency_p50_ns', 'memory.rss_per_task_bytes'],
        titles: ['median wall time', 'latency p50', 'rss per task'],
        rows: [28100, 5170000, 'has no such figure'],
        words: 'Bar chart: latency p50. serial 28.1 µs; threads 5.17 ms; epoll has no such figure;',
        memory: '978 B',
        range: [null, null, null],
    });
}

export async function a_failed_cell_has_its_reason_in_place_of_a_bar({page}) {
    const rows = await page.evaluate(
        async (cells) => (await import('./charts/bars.js')).barRows(cells),
        [
            cell('serial', 1, 'same'),
            {
                ...cell('threads', 1, 'same'),
                status: 'failed',
                reason: 'died of signal 9',
                wall_ns: null,
                relative: null,
            },
        ],
    );

    assert.equal(rows[1].failed, 'failed: died of signal 9');
    assert.equal(rows[1].value, undefined);
}

const counted = (lock, lost) => ({
    ...cell('threads', 1, 'same', {lock}),
    relative: null,
    metrics: {expected: 2000000, actual: 2000000 - lost, lost_updates: lost},
});

// Draws what was lost in a box of this width. Returns the width of the room for bars, and the numbers at the axis.
function drawLost(page, cells, width) {
    return page.evaluate(
        async ([run, pixels]) => {
            const [{lostFigure}, {loadChart}] = await Promise.all([import('./charts/lost.js'), import('./charts/chart.js')]);
            const figure = lostFigure(run);
            const place = document.createElement('div');

            place.style.width = `${pixels}px`;
            place.append(figure.node);
            document.body.append(place);
            await figure.draw();
            const Chart = await loadChart();
            const {chartArea, scales} = Chart.getChart(place.querySelector('canvas'));
            const said = {room: chartArea.width, ticks: scales.x.ticks.map(({value}) => value)};

            figure.close();
            place.remove();
            return said;
        },
        [{cells}, width],
    );
}

export async function where_nothing_was_lost_the_axis_has_no_parts_of_an_update({page}) {
    const {ticks} = await drawLost(page, [counted('none', 0), counted('gil', 0)], 800);

    assert.deepEqual(ticks, [0, 1]);
}

export async function what_was_lost_is_a_bar_on_a_phone_too({page}) {
    const {room} = await drawLost(page, [counted('gil', 709867)], 300);

    assert.ok(room > 80, `${room} pixels for the bar`);
}

export async function marks_in_a_key_are_full_or_hollow_as_they_are_drawn({page}) {
    const drawn = await page.evaluate(async () => {
        const [{latencyFigure}, {loadChart}] = await Promise.all([import('./charts/latency.js'), import('./charts/chart.js')]);
        const metrics = {latency_p50_ns: 1e6, latency_p90_ns: 2e6, latency_p99_ns: 3e6, latency_max_ns: 4e6};
        const figure = latencyFigure({cells: [{mode: 'threads', lock: 'gil', tasks: 1, cpus: 2, status: 'done', metrics}]});

        document.body.append(figure.node);
        await figure.draw();
        const {data} = (await loadChart()).getChart(figure.node.querySelector('canvas'));
        const keys = [...figure.node.querySelectorAll('.key b')].map((node) => node.textContent);
        const isFull = data.datasets.map(({backgroundColor, borderColor}) => backgroundColor === borderColor);

        figure.close();
        figure.node.remove();
        return keys.map((key, i) => [key, isFull[i]]);
    });

    assert.deepEqual(drawn, [['●', true], ['□', false], ['△', false], ['◇', false]]);
}
