// Runs and comparisons as files: what the server writes, and a page that opens without it.
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import {modules} from './lab.mjs';
import {ask, link, questionOf, QUICK, runNow} from './neighbour.mjs';
import {pressRun} from './steps.mjs';

const ATTACK = '<img src=x onerror=alert(1)></title></style><script>alert(2)</script>';

// Presses a button of the export and reads what was saved.
async function save(page, name) {
    const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('group', {name: /^Export this/}).getByRole('button', {name, exact: true}).click(),
    ]);
    const file = await download.path();

    return {name: download.suggestedFilename(), file, text: await fs.readFile(file, 'utf8')};
}

// Opens a saved page from the disk, in a browser that has no server to talk to. Returns its text and what it shows;
// fails if it asks for anything, complains, or runs a script.
async function openFromDisk(page, {file, name}, view = {}) {
    const copy = path.join(path.dirname(file), name);

    await fs.copyFile(file, copy);
    const context = await page.context().browser().newContext({offline: true, ...view});
    const opened = await context.newPage();
    const complaints = [];

    opened.on('request', (request) => {
        if (request.isNavigationRequest() || request.url().startsWith('data:')) return;
        complaints.push(`request to ${request.url()}`);
    });
    opened.on('pageerror', (error) => complaints.push(error.message));
    opened.on('console', (message) => complaints.push(message.text()));
    opened.on('dialog', (dialog) => {
        complaints.push(`a dialog: ${dialog.message()}`);
        return dialog.dismiss();
    });
    await opened.goto(`file://${copy}`);
    const shown = await opened.evaluate(async () => {
        const images = [...document.images];

        await Promise.all(images.map((image) => image.decode()));
        return {
            title: document.title,
            text: document.body.innerText,
            scripts: document.scripts.length,
            charts: images.filter(({alt}) => alt).map(({alt, naturalWidth}) => ({alt, naturalWidth})),
            pressable: document.querySelectorAll('button, input, select, a[href]').length,
            overflow: document.documentElement.scrollWidth - innerWidth,
            background: getComputedStyle(document.body).backgroundColor,
            picture: images.find(({alt}) => alt)?.currentSrc,
            cut: [...document.querySelectorAll('main *')]
                .filter((node) => getComputedStyle(node).overflowY !== 'visible')
                .filter((node) => node.scrollHeight > node.clientHeight + 1)
                .map((node) => node.className),
        };
    });

    await opened.evaluate(`${await fs.readFile(modules.resolve('axe-core/axe.min.js'), 'utf8')}; 0`);
    const {violations} = await opened.evaluate(() => window.axe.run());

    await context.close();
    assert.deepEqual(complaints, []);
    assert.deepEqual(violations.map(({id, nodes}) => `${id}: ${nodes.map(({html}) => html).join(' ')}`), []);
    assert.deepEqual(shown.cut, []);
    assert.equal(shown.scripts, 0);
    assert.equal(shown.pressable, 0);
    assert.ok(shown.overflow <= 0, `${shown.overflow} px too wide`);
    return shown;
}

export async function a_run_is_exported_in_each_format({open}) {
    const {page} = await open(link({...QUICK, label: 'Ann & Bob'}));
    const {body} = await pressRun(page);
    const [json, csv, markdown] = [await save(page, 'JSON'), await save(page, 'CSV'), await save(page, 'Markdown')];
    const stem = `gilscope-countdown-Ann-Bob-${body.created_at.slice(0, 10)}-${body.id.slice(-6)}`;

    assert.deepEqual([json, csv, markdown].map(({name}) => name), [`${stem}.json`, `${stem}.csv`, `${stem}.md`]);
    assert.deepEqual(JSON.parse(json.text), body);
    assert.equal(csv.text.trim().split('\n').length, 1 + body.cells.length);
    assert.ok(csv.text.includes(body.id));
    assert.match(markdown.text, /\| *serial *\|/);
    await page.getByText(`Saved as ${stem}.md.`).waitFor();
}

export async function a_run_as_a_page_opens_from_disk({open, base}) {
    const {text: question, choices} = await questionOf(base);
    const body = await runNow(base, {...QUICK, label: 'Ann', prediction: choices[0].id});
    const {page} = await open(`#runs/${body.id}`);
    const saved = await save(page, 'HTML page');

    assert.match(saved.name, /^gilscope-countdown-Ann-.*\.html$/);
    const shown = await openFromDisk(page, saved);

    for (const part of [
        body.lesson.split('. ')[0],
        question,
        choices[0].text,
        body.sentences.machine,
        body.id,
        body.created_at,
        `curl '${base}/run/countdown?`,
        'switch_interval_us',
        'What came out: ',
        `Saved `,
    ])
        assert.ok(shown.text.includes(part), `${part} is not in the page`);
    assert.match(shown.title, /countdown, “Ann”/);
    assert.ok(shown.charts.length > 0);
    for (const {alt, naturalWidth} of shown.charts) {
        assert.match(alt, /chart/i);
        assert.ok(naturalWidth > 300);
    }
    // Every figure of the table is there, and what is folded on the page can be opened.
    for (const {mode} of body.cells) assert.ok(shown.text.includes(mode));
    assert.match(saved.text, /<details[^>]*><summary>Memory<\/summary>.*Memory of each cell/s);
}

// Light and dark, wide and narrow: another picture and other colours for each.
export async function a_saved_page_is_readable_in_every_window({open}) {
    const {page} = await open(link(QUICK));

    await pressRun(page);
    const saved = await save(page, 'HTML page');
    const views = [];

    for (const colorScheme of ['light', 'dark'])
        for (const width of [360, 1280])
            views.push(await openFromDisk(page, saved, {colorScheme, viewport: {width, height: 800}}));
    assert.equal(new Set(views.map(({picture}) => picture)).size, 4);
    assert.equal(new Set(views.map(({background}) => background)).size, 2);
    // The page itself is as it was.
    assert.equal(await page.evaluate(() => document.documentElement.getAttribute('style') ?? ''), '');
}

export async function a_comparison_is_exported_in_each_format({open, base}) {
    const {choices} = await questionOf(base);
    const few = await runNow(base, {...QUICK, label: 'few'});
    const many = await runNow(base, {...QUICK, repeat: 7, label: 'many', prediction: choices[1].id});
    const {page} = await open(`#compare/${few.id}/${many.id}`);
    const found = await ask(base, `compare?baseline=${few.id}&candidate=${many.id}`);
    const json = await save(page, 'JSON');

    assert.match(json.name, /^gilscope-countdown-many-beside-few-\d{4}-\d\d-\d\d\.json$/);
    assert.deepEqual(JSON.parse(json.text).cells, found.cells);
    assert.match((await save(page, 'CSV')).text, new RegExp(`^baseline_id,.*\\r\\n${few.id},${many.id},`));
    assert.match((await save(page, 'Markdown')).text, /\| *threads *\|/);
    const saved = await save(page, 'HTML page');
    const shown = await openFromDisk(page, saved, {viewport: {width: 360, height: 800}});

    const parts = [found.summary, few.id, many.id, choices[1].text, found.cells[0].finding, '/compare?baseline='];

    for (const part of parts)
        assert.ok(shown.text.includes(part), `${part} is not in the page`);
    assert.match(shown.charts[0].alt, /^Bar chart: median wall time of both runs/);
}

// Labels come from strangers, and a file from disk has rights of its own.
export async function a_label_cannot_become_part_of_a_saved_page({open, base}) {
    const bad = await runNow(base, {...QUICK, label: ATTACK});
    const good = await runNow(base, QUICK);
    const {page} = await open(`#compare/${bad.id}/${good.id}`);
    const pair = await save(page, 'HTML page');

    assert.doesNotMatch(pair.name, /[<>/"]/);
    assert.ok((await openFromDisk(page, pair)).text.includes(ATTACK));
    await page.goto(`${base}/#runs`);
    const row = page.locator(`.panel tr:has(a[href="#runs/${bad.id}"])`);

    await row.getByRole('button', {name: 'Export'}).click();
    const run = await save(page, 'HTML page');
    const shown = await openFromDisk(page, run);

    assert.ok(shown.text.includes(ATTACK));
    assert.ok(shown.title.includes(ATTACK));
}

// A page that knows the token, of a server that wants one and has a run. Returns {base, id, page}.
async function openWithToken({open, serve}) {
    const base = await serve(['server.token=correct-horse']);
    const {id} = await ask(base, 'run/countdown', {
        method: 'POST',
        body: QUICK,
        headers: {Authorization: 'Bearer correct-horse'},
    });
    const {page} = await open('#lab/countdown', {base});

    await page.evaluate(() => sessionStorage.setItem('gilscope-token', 'correct-horse'));
    await page.goto('about:blank');
    return {base, id, page};
}

export async function an_export_carries_the_token_and_says_what_goes_wrong({open, serve}) {
    const {base, id, page} = await openWithToken({open, serve});

    await page.goto(`${base}/#runs`);
    await page.locator(`.panel tr:has(a[href="#runs/${id}"])`).getByRole('button', {name: 'Export'}).click();
    assert.equal(JSON.parse((await save(page, 'JSON')).text).id, id);
    await page.route('**/runs/*', (route) =>
        route.fulfill({status: 500, contentType: 'application/problem+json', json: {title: 'Broken', detail: 'the disk is gone'}}),
    );
    await page.getByRole('button', {name: 'CSV', exact: true}).click();
    await page.getByText('The disk is gone.').waitFor();
}

export async function a_saved_comparison_asks_with_the_token({open, serve}) {
    const {base, id, page} = await openWithToken({open, serve});

    await page.goto(`${base}/#compare/${id}/${id}`);
    const saved = await openFromDisk(page, await save(page, 'HTML page'));
    const lines = saved.text.split('\n').filter((line) => line.startsWith('curl '));

    assert.equal(lines.length, 3);
    for (const line of lines) assert.match(line, /^curl -H "Authorization: Bearer \$GILSCOPE_TOKEN" '/);
}
