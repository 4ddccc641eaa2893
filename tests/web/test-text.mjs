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
        `import('./format.js').then((format) => (${writeCases})(${JSON.stringify(cases)}, format))`,
    );

    assert.deepEqual(said, cases);
}

export async function numbers_are_typed_without_commas({page}) {
    const said = await page.evaluate(async () => {
        const {time, typed, withoutZeros} = await import('./format.js');

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
        experiment: 'countdown',
        status: 'done',
        request: {},
        cells: [cell('serial', 1, 'same'), cell('threads', 2.011, 'slower')],
        sentences: {heading: 'countdown, 2 tasks', findings: [finding], doubts: ['threads: a doubt.']},
    };
    const show = (shown, headline) =>
        page.evaluate(
            async ([one, about]) => {
                const {showResult} = await import('./result.js');
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
        const {barRows} = await import('./bars.js');

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
    const rows = await page.evaluate(async (run) => (await import('./bars.js')).barRows(run), cells);

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
        const {measurePaths} = await import('./cells.js');
        const {barRows, barsInWords, barsTitle} = await import('./bars.js');
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
        async (cells) => (await import('./bars.js')).barRows(cells),
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
