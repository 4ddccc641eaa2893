// The timeline: zoomed and walked through by keyboard, mouse, wheel and fingers; the table behind it; two cells on one
// scale; the ways out; and a run that keeps none.
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import {until} from './lab.mjs';
import {overflow} from './steps.mjs';

const SMALL = {n: 3e7, repeat: 1, warmup: 0, timeline: 'on', lock: 'gil-py2,gil', mode: 'threads'};
const PERFETTO = 'https://ui.perfetto.dev';

async function runNow(base, body, headers = {}) {
    const answer = await fetch(`${base}/run/countdown`, {
        method: 'POST',
        headers: {'Content-Type': 'application/json', ...headers},
        body: JSON.stringify({fresh: true, ...body}),
    });

    assert.equal(answer.status, 200);
    return answer.json();
}

// What a run kept of a cell, read by itself: rows of [task, kind, start, end] in the order of time.
async function spansOf(base, {id}, cell) {
    const {traceEvents} = await (await fetch(`${base}/runs/${id}/trace`)).json();

    return traceEvents
        .filter(({ph, pid}) => ph === 'X' && pid === cell + 1)
        .map(({name, tid, ts, dur}) => [
            tid - 1,
            name,
            Math.round(ts * 1000),
            Math.round(ts * 1000) + Math.round(dur * 1000),
        ])
        .sort((a, b) => a[2] - b[2] || a[0] - b[0]);
}

const canvas = (page, i = 0) => page.locator('.lanes-canvas').nth(i);
const said = (page) => page.locator('.lanes-said').textContent();
const press = (page, ...keys) =>
    keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());

async function openTimeline(open, hash, view) {
    const opened = await open(hash, view);

    await canvas(opened.page).waitFor();
    await opened.page.locator('.lanes-range', {hasText: /\d/}).waitFor();
    return opened;
}

// What is in view, as the address has it, in nanoseconds; null is all. The address follows a moment later, so it is read
// until it fits.
async function windowWhere(page, fits) {
    const read = () => {
        const query = new URLSearchParams(new URL(page.url()).hash.split('?')[1] ?? '');

        return query.has('from') ? {from: Number(query.get('from')), to: Number(query.get('to'))} : null;
    };

    await until(() => `${JSON.stringify(read())} is not so that ${fits}`, 30, () => fits(read()));
    return read();
}

const isAll = (view) => view === null;
const isNear = (value, wanted, slack = 3) => Math.abs(value - wanted) < slack;

const width = ({from, to}) => to - from;

export async function the_timeline_is_zoomed_by_keyboard({open, base}) {
    const run = await runNow(base, SMALL);
    const {page} = await openTimeline(open, `#timeline/${run.id}?cell=1`);
    const total = run.cells[1].timeline.wall_ns;

    await canvas(page).focus();
    await windowWhere(page, isAll);
    await press(page, '+', '+', '+');
    await windowWhere(page, (near) => near && isNear(width(near), total / 8));
    await press(page, '-');
    const wider = await windowWhere(page, (view) => view && isNear(width(view), total / 4));

    await press(page, 'Shift+ArrowRight');
    const later = await windowWhere(page, (view) => view && isNear(view.from - wider.from, total / 16));

    assert.ok(isNear(width(later), total / 4));
    // The lock was held for the first time when the first task ran, and for the last time until the last had run. What is
    // longer than the view is shown from where it begins. On a busy machine either may be long, or far from the edge.
    const held = (await spansOf(base, run, 1)).filter(([, kind]) => kind === 'run');
    const shows = ([, , start, end]) => (view) => view && view.from <= start && (view.to >= end || view.to > start);

    await press(page, 'Home');
    await windowWhere(page, shows(held[0]));
    await press(page, 'End');
    await windowWhere(page, shows(held.at(-1)));
    await press(page, '0');
    await windowWhere(page, isAll);

    // A link opens the same place again.
    await press(page, '+', '+');
    const kept = await windowWhere(page, (view) => view && isNear(width(view), total / 4));

    await page.reload();
    await canvas(page).waitFor();
    await windowWhere(page, (view) => view && view.from === kept.from && view.to === kept.to);
}

export async function the_focus_names_one_span_after_the_other({open, base}) {
    const run = await runNow(base, SMALL);
    const spans = await spansOf(base, run, 0);
    const ofTask = spans.filter(([task]) => task === 0);
    const words = {run: 'running', 'wait-lock': 'waiting for the lock'};
    const {page} = await openTimeline(open, `#timeline/${run.id}?cell=0`);

    await canvas(page).focus();
    await press(page, 'ArrowRight');
    assert.match(await said(page), /^lock: held by task [01], [\d.,]+ [nµm]?s, from /);
    await press(page, 'ArrowDown', 'Home');
    for (const [, kind] of ofTask.slice(0, 4)) {
        assert.ok(
            (await said(page)).startsWith(`task 0: ${words[kind]}, `),
            `${await said(page)} is ${kind}`,
        );
        await press(page, 'ArrowRight');
    }
    await press(page, 'End');
    assert.ok((await said(page)).startsWith(`task 0: ${words[ofTask.at(-1)[1]]}, `));
    await press(page, 'ArrowDown');
    assert.match(await said(page), /^task 1: /);

    // Enter shows the span that has the focus, and a little of what is around it.
    await press(page, 'Home', 'Enter');
    const [, , start, end] = spans.find(([task]) => task === 1);

    await windowWhere(
        page,
        (view) =>
            view && view.from <= start && view.to >= end && width(view) <= Math.max(1000, 3 * (end - start)) + 2,
    );
}

export async function wheel_and_mouse_move_the_timeline({open, base}) {
    const run = await runNow(base, SMALL);
    const {page} = await openTimeline(open, `#timeline/${run.id}?cell=1`);
    const box = await canvas(page).boundingBox();
    const [x, y] = [box.x + box.width / 2, box.y + 20];
    const total = run.cells[1].timeline.wall_ns;

    await page.mouse.move(x, y);
    await page.mouse.wheel(0, -480);
    const near = await windowWhere(page, (view) => view && isNear(width(view), total / 4, total / 100));

    await page.mouse.down();
    await page.mouse.move(x - 200, y, {steps: 5});
    await page.mouse.up();
    const moved = 0.9 * (200 / box.width) * width(near);

    await windowWhere(page, (view) => view && view.from > near.from + moved && isNear(width(view), width(near)));
    await page.mouse.move(x, y + 1);
    assert.match(await page.locator('.lanes-tip').textContent(), /^lock: (held by task|\d+ spans|nobody)/);
    await page.mouse.click(x, y + 35);
    assert.match(await said(page), /^task 0: /);
    await page.getByRole('button', {name: 'All of the time'}).click();
    await windowWhere(page, isAll);

    // With all in view a wheel that would show more is the page's.
    await page.setViewportSize({width: 1400, height: 500});
    const scrolled = await page.evaluate(() => scrollY);

    await canvas(page).hover();
    await page.waitForTimeout(500);
    await page.mouse.wheel(0, 300);
    await page.waitForFunction((before) => scrollY > before, scrolled);
}

export async function two_fingers_zoom_the_timeline({open, base}) {
    const run = await runNow(base, SMALL);
    const {page} = await openTimeline(open, `#timeline/${run.id}?cell=1`, {width: 360, height: 740});
    const devtools = await page.context().newCDPSession(page);
    const box = await canvas(page).boundingBox();
    const middle = box.x + box.width / 2;
    const touch = (type, ...apart) =>
        devtools.send('Input.dispatchTouchEvent', {
            type,
            touchPoints: apart.map((by, id) => ({x: middle + by, y: box.y + 40, id})),
        });

    await devtools.send('Emulation.setTouchEmulationEnabled', {enabled: true, maxTouchPoints: 2});
    await touch('touchStart', -20, 20);
    for (const by of [30, 50, 80]) await touch('touchMove', -by, by);
    await touch('touchEnd');

    await windowWhere(page, (view) => view && width(view) < run.cells[1].timeline.wall_ns / 2);
    assert.ok((await overflow(page)) <= 0);
}

export async function the_table_has_every_span({open, base}) {
    const run = await runNow(base, SMALL);
    const spans = await spansOf(base, run, 0);
    const {page} = await openTimeline(open, `#timeline/${run.id}?cell=0`);
    const rows = () =>
        page
            .locator('.span-table tbody tr')
            .evaluateAll((all) =>
                all.map((row) => [
                    Number(row.cells[0].textContent),
                    ...[2, 3].map((i) => Number(row.cells[i].querySelector('data')?.value ?? NaN)),
                ]),
            );
    const read = [];

    await page.locator('summary', {hasText: 'Table:'}).click();
    read.push(...(await rows()));
    const later = page.locator('.span-table').getByRole('button', {name: 'Later'});

    while (read.length < spans.length && (await later.count()) > 0) {
        await later.click();
        read.push(...(await rows()));
    }
    assert.deepEqual(
        read.filter(([, , end]) => !Number.isNaN(end)),
        spans.map(([task, , start, end]) => [task, start, end]),
    );
    await page.locator('.span-table tbody tr').first().getByRole('button').click();
    assert.equal(await canvas(page).evaluate((node) => node === document.activeElement), true);
    assert.match(await said(page), new RegExp(`^task ${read.at(-1 - ((read.length - 1) % 25))[0]}: `));
}

export async function two_cells_share_one_scale({open, base}) {
    const run = await runNow(base, SMALL);
    const other = await runNow(base, {...SMALL, lock: 'none', label: 'no lock at all'});
    const {page} = await openTimeline(open, `#timeline/${run.id}?cell=0&beside=${run.id}:1`);
    const titles = () => page.locator('.lanes-title').allTextContents();

    assert.deepEqual(await titles(), [
        'threads under the lock of Python 2, 2 tasks',
        'threads under the GIL, 2 tasks',
    ]);
    await canvas(page, 1).focus();
    await press(page, '+');
    const longest = Math.max(...run.cells.map(({timeline}) => timeline.wall_ns));

    await windowWhere(page, (view) => view && isNear(width(view), longest / 2));

    // Another run's cell in place of the second, which has no lock, and so no lane for one.
    await page.locator('summary', {hasText: 'a cell of another run'}).click();
    await page.getByRole('button', {name: /no lock at all/}).click();
    await page.locator('.lanes-title', {hasText: 'no lock at all'}).waitFor();
    assert.match(page.url(), new RegExp(`cell=0&beside=${other.id}:0$`));
    assert.match(await canvas(page, 0).getAttribute('aria-label'), /: 3 lanes/);
    assert.match(await canvas(page, 1).getAttribute('aria-label'), /: 2 lanes/);
    await page.getByText('There is no lock, so no lane shows who held it').waitFor();
    await page.getByLabel('Below it, on the same scale').focus();
    await page.getByLabel('Below it, on the same scale').selectOption('');
    await page.locator('.lanes-title').nth(1).waitFor({state: 'detached'});
    await page.waitForFunction(() => document.activeElement.id === 'timeline-beside');
    await page.goBack();
    await page.locator('.lanes-title').nth(1).waitFor();
}

// A picture in which what is short is left out would be believed.
export async function nothing_is_lost_below_a_pixel({page}) {
    const columns = await page.evaluate(async () => {
        const {drawLanes} = await import('./timeline/lanes.js');
        const place = document.querySelector('main').appendChild(document.createElement('div'));
        const spans = [];

        // One task that runs in slices of 1 us, and once works outside the lock for a tenth of that.
        for (let i = 0; i < 20000; i++)
            spans.push([0, 'run', i * 1000 + (i === 10000 ? 100 : 0), (i + 1) * 1000]);
        spans.push([0, 'outside', 1e7, 1e7 + 100]);
        drawLanes(place, {cells: [{title: 'x', spans, tasks: 1, wall_ns: 2e7, lock: null}]});
        const canvas = place.querySelector('canvas');
        const read = () => {
            const pen = new OffscreenCanvas(canvas.width, 25).getContext('2d', {willReadFrequently: true});

            pen.drawImage(canvas, 0, -5);
            return pen.getImageData(0, 0, canvas.width, 25).data;
        };

        while (read().every((value) => value === 0)) await new Promise(requestAnimationFrame);
        const {width} = canvas;
        const data = read();
        const pixels = new Uint32Array(data.buffer);
        const column = (x) => pixels.filter((_, i) => i % width === x).join();
        const all = Array.from({length: width}, (_, x) => column(x));
        const kinds = [...new Set(all)].map((one) => [
            all.filter((other) => other === one).length,
            all.indexOf(one),
        ]);

        return {kinds, width};
    });
    // Exactly one column looks as none else does, and it is near the middle.
    const alone = columns.kinds.filter(
        ([n, x]) => n === 1 && Math.abs(x - columns.width / 2) < columns.width / 8,
    );

    assert.equal(alone.length, 1);
}

export async function the_trace_is_saved_as_a_file({open, base}) {
    const run = await runNow(base, SMALL);
    const {page} = await openTimeline(open, `#timeline/${run.id}`);
    const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', {name: 'Download the trace'}).click(),
    ]);

    assert.equal(download.suggestedFilename(), `gilscope-${run.id}.json`);
    assert.ok(JSON.parse(await fs.readFile(await download.path(), 'utf8')).traceEvents.length > 0);
}

export async function of_two_runs_each_trace_says_whose_it_is({open, base}) {
    const first = await runNow(base, {...SMALL, label: 'first'});
    const second = await runNow(base, {...SMALL, label: 'second', fresh: '1'});
    const {page} = await openTimeline(open, `#timeline/${first.id}?cell=0&beside=${second.id}:0`);

    for (const {id, label} of [first, second]) {
        const link = page.getByRole('link', {name: `Download the trace of “${label}”`});

        assert.ok((await link.getAttribute('href')).includes(id));
        assert.equal(await page.getByRole('button', {name: `Open “${label}” in Perfetto`}).count(), 1);
    }
}

export async function a_token_is_sent_for_the_trace_too({open, serve}) {
    const base = await serve(['server.token=correct-horse']);
    const run = await runNow(base, SMALL, {Authorization: 'Bearer correct-horse'});
    const {page} = await open(`#timeline/${run.id}`, {base});

    await page.getByRole('dialog').getByText('This needs a token').waitFor();
    await page.keyboard.type('correct-horse');
    await page.keyboard.press('Enter');
    await canvas(page).waitFor();
    const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', {name: 'Download the trace'}).click(),
    ]);

    assert.ok(JSON.parse(await fs.readFile(await download.path(), 'utf8')).traceEvents.length > 0);
}

// In place of Perfetto there is a page that answers as it does; nothing leaves this machine.
export async function perfetto_is_opened_only_when_asked_for({open, base}) {
    const run = await runNow(base, SMALL);
    const asked = [];
    const {page} = await open('#runs');
    const context = page.context();

    await context.route(`${PERFETTO}/**`, (route) => {
        asked.push(route.request().url());
        route.fulfill({
            contentType: 'text/html',
            body: `<script>
                onmessage = ({data, source, origin}) => {
                    if (data === 'PING') source.postMessage('PONG', origin);
                    else document.title = JSON.stringify({
                        ...data.perfetto,
                        buffer: JSON.parse(new TextDecoder().decode(data.perfetto.buffer)).traceEvents.length,
                    });
                };
            </script>`,
        });
    });
    await page.goto(`${base}/#timeline/${run.id}`);
    await canvas(page).waitFor();
    await page.getByText('leaves this server').waitFor();
    assert.deepEqual(asked, []);
    const [perfetto] = await Promise.all([
        context.waitForEvent('page'),
        page.getByRole('button', {name: 'Open in Perfetto'}).click(),
    ]);

    await page.getByText('Perfetto has the timeline').waitFor();
    await perfetto.waitForFunction(() => document.title !== '');
    const got = JSON.parse(await perfetto.title());
    const {traceEvents} = await (await fetch(`${base}/runs/${run.id}/trace`)).json();

    assert.deepEqual(got, {
        buffer: traceEvents.length,
        title: 'gilscope: countdown',
        fileName: `gilscope-${run.id}.json`,
    });
    assert.deepEqual(asked, [`${PERFETTO}/`]);
}

export async function a_run_without_a_timeline_is_run_again_with_one({open, base}) {
    const run = await runNow(base, {...SMALL, timeline: 'off'});
    const {page} = await open(`#timeline/${run.id}?cell=1`);

    await page.getByText('This run keeps no timeline').waitFor();
    assert.equal(await canvas(page).count(), 0);
    await page.getByRole('button', {name: 'Run the same with a timeline'}).click();
    await canvas(page).waitFor();
    const [, id] = /#timeline\/(\w+)\?cell=1/.exec(page.url());
    const {request} = await (await fetch(`${base}/runs/${id}`)).json();

    assert.notEqual(id, run.id);
    assert.deepEqual(
        {
            n: request.n,
            lock: request.lock,
            mode: request.mode,
            repeat: request.repeat,
            timeline: request.timeline,
        },
        {n: 3e7, lock: ['gil-py2', 'gil'], mode: ['threads'], repeat: 1, timeline: 'on'},
    );
}

export async function a_timeline_waits_for_its_run({open, base}) {
    const answer = await fetch(`${base}/run/countdown`, {
        method: 'POST',
        headers: {'Content-Type': 'application/json', Prefer: 'respond-async'},
        body: JSON.stringify({...SMALL, n: 1e8, fresh: true}),
    });
    const {page} = await open(`#timeline/${(await answer.json()).id}`);

    await canvas(page).waitFor();
}

export async function an_address_of_what_is_not_there_says_so({open, base}) {
    const run = await runNow(base, SMALL);
    const {page} = await openTimeline(open, `#timeline/${run.id}?cell=7`);

    await page.getByText(`The run ${run.id} has no cell 7`).waitFor();
    assert.match(page.url(), /\?cell=0$/);
    const gone = await open(`#timeline/${run.id.replace(/.{4}$/, '0000')}`);

    await gone.page.getByRole('alert').filter({hasText: '404'}).waitFor();
}

// For a room: a key leads from one holder of the lock to the next.
export async function a_presenter_walks_from_holder_to_holder({page, base}) {
    const run = await runNow(base, SMALL);
    const first = (await spansOf(base, run, 0)).filter(([, kind]) => kind === 'run');

    await page.goto(`${base}/?present=1#timeline/${run.id}?cell=0`);
    await page.locator('.lanes-range', {hasText: /\d/}).waitFor();
    for (const [task] of first.slice(0, 3)) {
        await press(page, 'n');
        assert.ok((await said(page)).startsWith(`lock: held by task ${task}, `));
    }
    await press(page, 'p');
    assert.ok((await said(page)).startsWith(`lock: held by task ${first[1][0]}, `));
}

export async function the_lab_leads_to_the_timeline({open, base}) {
    const run = await runNow(base, SMALL);
    const {page} = await open(`#runs/${run.id}`);

    await page.getByRole('link', {name: 'Timeline', exact: true}).click();
    await canvas(page).waitFor();
    await page.getByRole('link', {name: `run ${run.id}`}).click();
    await page.locator('#result table').first().waitFor();
}

async function isFineForAll({open, base}, view) {
    const run = await runNow(base, {...SMALL, mode: 'threads,processes'});
    const {page, axe} = await openTimeline(open, `#timeline/${run.id}?cell=0&beside=${run.id}:2`, view);

    for (const fold of await page.locator('details').all())
        await fold.evaluate((node) => node.setAttribute('open', ''));
    await canvas(page).focus();
    await press(page, 'ArrowRight', '+');
    assert.deepEqual(await axe(), []);
    assert.ok((await overflow(page)) <= 0);
}

export const axe_finds_nothing_in_a_timeline_in_light = (lab) => isFineForAll(lab, {width: 1400});
export const axe_finds_nothing_in_a_timeline_in_dark = (lab) => isFineForAll(lab, {width: 1400, dark: true});
export const axe_finds_nothing_in_a_timeline_on_a_phone = (lab) =>
    isFineForAll(lab, {width: 360, height: 740});
