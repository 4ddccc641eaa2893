// What a person does on the page, and what it reads there, in words that tests are written in.
import assert from 'node:assert/strict';
import {until} from './lab.mjs';

export const field = (page, name) => page.locator(`#field-${name}`);

// Waits until a field has this value.
export async function hasValue(box, value) {
    await until(
        async () => `the field has ${await box.inputValue()} and not ${value}`,
        60,
        async () => (await box.inputValue()) === value,
    );
}

// Ticks exactly these of a group of checkboxes.
export async function tick(page, name, choices) {
    for (const box of await page.locator(`input[type=checkbox][name=${name}]`).all())
        await box.setChecked(choices.includes(await box.inputValue()));
}

export async function chooseExperiment(page, name) {
    await page.getByRole('radio', {name, exact: true}).check();
}

// Does something that starts a run, and waits until it is over and its result on the page. Returns {sent,
// method, status, body}: what was asked for, and the run, or the problem if it was refused.
export async function awaitRun(page, start) {
    const [answer] = await Promise.all([
        page.waitForResponse((response) => response.url().includes('/run/'), {timeout: 60000}),
        start(),
    ]);
    const booked = await answer.json();

    await page.locator('body:not(.running)').waitFor({timeout: 60000});
    return {
        sent: answer.request().postDataJSON(),
        method: answer.request().method(),
        status: answer.status(),
        body: answer.ok() ? await getRun(page, booked.id) : booked,
    };
}

// The run as this page's client sees it. The server closes a connection that says nothing for some seconds, perhaps in the
// moment in which it is used again; a browser then asks once more by itself, this client when it is told to.
export async function getRun(page, id) {
    return (await page.request.get(new URL(`runs/${id}`, page.url()).href, {maxRetries: 2})).json();
}

export const pressRun = (page) =>
    awaitRun(page, () => page.getByRole('button', {name: 'Run', exact: true}).click());

// A table of the result as [{column: {text, values}}]; values are the server's figures behind the text.
export async function readTable(page, index = 0) {
    return page
        .locator('#result table')
        .nth(index)
        .evaluate((table) => {
            const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);

            return [...table.tBodies[0].rows].map((row) =>
                Object.fromEntries(
                    [...row.cells].map((cell, i) => [
                        heads[i],
                        {
                            text: cell.textContent.trim(),
                            values: [...cell.querySelectorAll('data')].map((data) => Number(data.value)),
                        },
                    ]),
                ),
            );
        });
}

const ifThere = (isThere, value) => (isThere ? value : undefined);

// The table behind the chart says what the answer says, cell by cell. What no cell has, has no column, and
// what all have in common is in the heading.
export async function assertTableShows(page, run) {
    const rows = await readTable(page);
    const heading = await page.locator('#result h2').textContent();
    const differ = (axis) => new Set(run.cells.map((cell) => cell[axis])).size > 1;
    const isCompared = run.cells.some((cell) => cell.relative);
    const isDone = run.cells.every((cell) => cell.status === 'done');

    assert.equal(rows.length, run.cells.length);
    run.cells.forEach((cell, i) => {
        const row = rows[i];

        assert.equal(row.mode.text, cell.mode);
        assert.equal(row.lock?.text, ifThere(differ('lock'), cell.lock));
        assert.deepEqual(row.tasks?.values, ifThere(differ('tasks'), [cell.tasks]));
        assert.deepEqual(row.cpus?.values, ifThere(differ('cpus'), [cell.cpus]));
        if (!differ('lock')) assert.match(heading, new RegExp(`lock ${cell.lock}\\b`));
        if (!differ('tasks')) assert.match(heading, new RegExp(`\\b${cell.tasks} tasks?\\b`));
        if (!differ('cpus')) assert.match(heading, new RegExp(`\\b${cell.cpus} CPUs?\\b`));
        if (isDone) assert.equal(row.status, undefined);
        else assert.match(row.status.text, cell.status === 'done' ? /^done$/ : /\w/);
        assert.deepEqual(
            row[run.about.fixed_time ? 'given time' : 'wall time'].values,
            cell.wall_ns ? [cell.wall_ns.median] : [],
        );
        assert.deepEqual(row['CPU time'].values, cell.cpu_ns ? [cell.cpu_ns.median] : []);
        assert.deepEqual(
            row['× serial']?.values,
            ifThere(isCompared, cell.relative ? [cell.relative.ratio] : []),
        );
        assert.equal(row.verdict?.text, ifThere(isCompared, cell.relative?.verdict ?? '–'));
        assert.deepEqual(
            row.switches.values,
            cell.context_switches
                ? [
                      cell.context_switches.voluntary + cell.context_switches.involuntary,
                      cell.context_switches.voluntary,
                      cell.context_switches.involuntary,
                  ]
                : [],
        );
    });
}

// Something was painted: more than one colour on the last canvas of the result, the bars.
export async function countColours(page) {
    const bars = page.locator('#result canvas[role=img]').last();

    return bars.evaluate((canvas) => {
        const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);

        return new Set(new Uint32Array(data.buffer)).size;
    });
}

// Whether the document or a thing that must not be cut off is wider than the window.
export async function overflow(page) {
    return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}
