// Runs by clicking: what comes back is what the chart's table shows, and what the curl line gives again.
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {
    assertTableShows,
    chooseExperiment,
    countColours,
    field,
    pressRun,
    readTable,
    tick,
} from './steps.mjs';

const asked = (cell) => [cell.runtime, cell.mode, cell.lock, cell.tasks, cell.cpus, cell.params];

export async function a_countdown_by_clicking_shows_the_numbers_of_the_answer({page}) {
    await chooseExperiment(page, 'countdown');
    await tick(page, 'lock', ['none', 'gil']);
    await field(page, 'n').fill('1M');
    const {sent, method, status, body} = await pressRun(page);

    assert.equal(method, 'POST');
    assert.equal(status, 202);
    assert.equal(body.status, 'done');
    assert.deepEqual(sent, {lock: 'none,gil', n: '1M'});
    assert.deepEqual(
        body.cells.map((cell) => [cell.lock, cell.mode]),
        ['none', 'gil'].flatMap((lock) => ['serial', 'threads', 'processes'].map((mode) => [lock, mode])),
    );
    await assertTableShows(page, body);
    assert.ok((await countColours(page)) > 20);
    assert.match(
        await page.locator('#result canvas[role=img]').getAttribute('aria-label'),
        /lock gil: serial [\d.]+ [mµn]?s; threads/,
    );
    assert.match(await page.locator('#result h2').textContent(), /^countdown, 2 tasks/);
}

export async function a_fetch_by_clicking_shows_tasks_and_their_order({page}) {
    await chooseExperiment(page, 'fetch');
    await tick(page, 'mode', ['serial', 'threads', 'processes', 'epoll']);
    await field(page, 'tasks').fill('5');
    await field(page, 'delay_ms').fill('20');
    const {status, body} = await pressRun(page);

    assert.equal(status, 202);
    await assertTableShows(page, body);
    await page.getByText('Task by task').click();
    await page.locator('#task-cell').selectOption({label: 'epoll'});
    const epoll = body.cells.find((cell) => cell.mode === 'epoll');
    const rows = await readTable(page, (await page.locator('#result table').count()) - 1);

    assert.deepEqual(
        rows.map((row) => row.task.values[0]),
        epoll.per_task.map((task) => task.id),
    );
    assert.deepEqual(
        rows.map((row) => row.status.values[0]),
        [200, 200, 200, 200, 200],
    );
    assert.ok(
        (await page.locator('#result').textContent()).includes(
            `Order of completion: ${epoll.completion_order.join(', ')}`,
        ),
    );
}

export async function a_convoy_shows_what_it_is_about_and_its_lesson({page}) {
    await chooseExperiment(page, 'convoy');
    await tick(page, 'mode', ['threads', 'processes']);
    await page.getByText('More of convoy').click();
    await field(page, 'duration_ms').fill('100');
    const {status, body} = await pressRun(page);
    const bars = page.locator('#result canvas[role=img]').last();

    assert.equal(status, 202);
    await assertTableShows(page, body);
    assert.equal(await page.locator('#result .lesson').textContent(), body.lesson);
    assert.equal(await page.locator('.bars-show').inputValue(), 'metrics.latency_p50_ns');
    // On a busy machine too few answers may come for a figure, and then the reason stands there.
    const bar = ({metrics}) => metrics.latency_p50_ns_reason ?? '[\\d.]+ [mµn]?s';
    const [threads, processes] = body.cells.map(bar);

    assert.match(
        await bars.getAttribute('aria-label'),
        new RegExp(`half within. threads ${threads}; processes ${processes};`),
    );
    assert.equal(await page.locator('#result h2').textContent(), 'convoy, 2 tasks, lock gil, 2 CPUs');
    const before = await bars.evaluate((canvas) => canvas.toDataURL());

    await page.locator('.bars-show').selectOption({label: 'requests'});
    assert.match(
        await bars.getAttribute('aria-label'),
        new RegExp(`threads ${body.cells[0].metrics.requests}`),
    );
    assert.notEqual(await bars.evaluate((canvas) => canvas.toDataURL()), before);
    assert.ok((await countColours(page)) > 10);
    assert.equal(await page.locator('.bars-show option[value="wall_ns.median"]').count(), 0);
}

export async function the_curl_line_does_the_same({page}) {
    await chooseExperiment(page, 'countdown');
    await tick(page, 'mode', ['serial', 'epoll']);
    await field(page, 'tasks').fill('1, 2');
    await field(page, 'n').fill('1e5');
    await page.getByText('More: repetitions').click();
    await field(page, 'repeat').fill('1');
    await field(page, 'label').fill(`it's [50 %] & "more"`);
    const {body} = await pressRun(page);

    await page.locator('#result .curl button').click();
    await page.locator('#result .curl .said', {hasText: 'Copied'}).waitFor();
    const line = await page.evaluate(() => navigator.clipboard.readText());
    const {stdout} = await promisify(execFile)('sh', ['-c', `${line} -s`]);
    const again = JSON.parse(stdout);

    assert.equal(line, await page.locator('#result .curl code').textContent());
    assert.equal(again.label, body.label);
    assert.deepEqual(again.request, body.request);
    assert.deepEqual(again.cells.map(asked), body.cells.map(asked));
    await page.locator('#result .curl select').selectOption('table');
    const table = await page.locator('#result .curl code').textContent();

    assert.match((await promisify(execFile)('sh', ['-c', `${table} -s`])).stdout, /serial/);
}

export async function a_run_past_its_time_shows_the_reason_and_its_cells({page, base}) {
    await page.goto('about:blank');
    await page.goto(`${base}/#run/countdown?tasks=1,2&mode=serial,threads&timeout_ms=700`);
    await field(page, 'tasks').waitFor();
    const {status, body} = await pressRun(page);

    assert.equal(status, 202);
    assert.equal(body.status, 'timeout');
    assert.match(await page.getByRole('alert').textContent(), /timeout/);
    assert.equal((await readTable(page)).length, body.cells.length);
}

// The form is made anew when a run is booked, as its question is answered then.
export async function the_run_button_keeps_the_focus_and_folds_stay_open({page}) {
    await chooseExperiment(page, 'countdown');
    await page.getByText('More: repetitions').click();
    await field(page, 'repeat').fill('20');
    await page.getByRole('button', {name: 'Run', exact: true}).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/#runs\//);
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Running');
    assert.equal(await field(page, 'repeat').isVisible(), true);
    await page.getByRole('button', {name: 'Cancel'}).click();
    await page.locator('.status', {hasText: 'Cancelled'}).waitFor();
}

export async function a_run_is_started_once_and_cancelled_on_request({page}) {
    let posts = 0;

    page.on('request', (request) => {
        posts += request.url().includes('/run/') ? 1 : 0;
    });
    await chooseExperiment(page, 'countdown');
    await page.getByText('More: repetitions').click();
    await field(page, 'repeat').fill('20');
    await field(page, 'tasks').press('Enter');
    await field(page, 'tasks').press('Enter');
    await page.getByRole('button', {name: 'Running'}).dispatchEvent('click');
    await page.locator('.clock', {hasText: /^[1-9]\d* s$/}).waitFor();
    assert.equal(await page.getByRole('button', {name: 'Running'}).getAttribute('aria-disabled'), 'true');
    // The side of the result has the progress, too.
    await page.locator('#answers #under-way', {hasText: 'of them warm-ups'}).waitFor();
    await page.getByRole('button', {name: 'Cancel'}).click();
    await page.locator('.status', {hasText: 'Cancelled'}).waitFor();
    assert.equal(await page.locator('#under-way').isVisible(), false);
    assert.equal(posts, 1);
    assert.equal(
        await page
            .getByRole('button', {name: 'Run', exact: true})
            .evaluate((node) => node === document.activeElement),
        true,
    );

    // The server is free again: another run does not wait for the cancelled one.
    await field(page, 'n').fill('1e5');
    await field(page, 'repeat').fill('1');
    const {status, body} = await pressRun(page);

    assert.equal(status, 202);
    assert.ok(body.queued_ns < 5e9);
}

// The address is that of the run by then, which has values and not how they were written.
export async function a_reload_keeps_the_form_and_runs_nothing({page}) {
    await chooseExperiment(page, 'countdown');
    await field(page, 'n').fill('1e5');
    await pressRun(page);
    let posts = 0;

    page.on('request', (request) => {
        posts += request.url().includes('/run/') ? 1 : 0;
    });
    await page.reload();
    await field(page, 'n').waitFor();
    await page.locator('#result table').first().waitFor();
    assert.equal(await field(page, 'n').inputValue(), '100000');
    await page.waitForTimeout(300);
    assert.equal(posts, 0);
}

export async function a_server_that_is_gone_is_said_in_the_box({page}) {
    await page.route('**/run/*', (route) => route.abort());
    await page.getByRole('button', {name: 'Run', exact: true}).click();
    await page.getByRole('alert').filter({hasText: 'No answer'}).waitFor();
}
