// The story, as somebody goes through it: a prediction, a button, what came out in this run's own numbers, the next
// step. Whether a prediction held depends on the machine; that the page says what the server judged does not.
import assert from 'node:assert/strict';
import {until} from './lab.mjs';
import {getRun} from './steps.mjs';

const result = (page) => page.locator('.try .result');
const heading = (page) => page.locator('#step-title');

// The id of the run in the address.
const runId = (page) => new URL(page.url()).hash.match(/run=(\w+)/)?.[1] ?? null;

async function openStory(open, hash, view) {
    const opened = await open(hash, view);

    await opened.page.locator('.prediction, .words').first().waitFor();
    return opened;
}

// What shows a result is fetched while the step is read; the server may go away in between.
export async function a_result_that_cannot_be_fetched_leaves_the_step_as_it_was({open, base}) {
    const {page} = await open('#runs');
    const booked = [];

    page.on('request', (request) => request.method() === 'POST' && booked.push(request.url()));
    await page.route(/\/(story\/result\.js|healthz)$/, (route) => route.abort('internetdisconnected'));
    await page.goto(`${base}/#story/twice`);
    await page.locator('.prediction input').first().check();
    await page.getByRole('button', {name: 'Run', exact: true}).click();
    await page.locator('#problem').getByText('Is it running?').waitFor();
    assert.ok(await page.locator('.prediction input').first().isEnabled());
    assert.equal(runId(page), null);
    assert.deepEqual(booked, []);
    // It is asked whether it runs until it does, and then the page goes on.
    await page.unrouteAll();
    await page.locator('#alive:empty').waitFor({state: 'attached'});
    await page.goto(`${base}/#story/twice`);
    await page.reload();
    await page.locator('.prediction input').first().check();
    await page.getByRole('button', {name: 'Run', exact: true}).click();
    await outcomeShown(page);
}

// Waits until what came out is there; if it does not come, the error says what stands there instead.
async function outcomeShown(page) {
    const title = result(page).locator('h3').first();

    await title.waitFor({timeout: 90000}).catch(async (error) => {
        throw new Error(`${error.message}\n${await page.locator('main').innerText()}`);
    });
}

// Chooses an answer, runs, and waits for what came out. Returns what was sent and the run.
async function runStep(page, choice = 0) {
    const radio = page.locator('.prediction input').nth(choice);

    await radio.check();
    const [request] = await Promise.all([
        page.waitForRequest((one) => one.method() === 'POST' && one.url().includes('/run/')),
        page.getByRole('button', {name: 'Run', exact: true}).click(),
    ]);

    await outcomeShown(page);
    return {sent: request.postDataJSON(), said: await radio.inputValue(), run: await getRun(page, runId(page))};
}

const choiceText = (question, id) => question.choices.find((choice) => choice.id === id).text;

// What the page says of the run is what the server says, and its numbers are the run's.
async function assertSaysTheRun(page, {run, said, question}) {
    const text = await result(page).innerText();
    const written = await page.evaluate(async (cells) => {
        const {count, time} = await import('/core/format.js');
        const figures = cells.flatMap(({wall_ns: wall, metrics}) => [
            time(wall.median),
            time(metrics?.latency_p50_ns),
            time(metrics?.create_ns_per_task),
            ...[metrics?.lost_updates, metrics?.seen_by_parent].map((n) => (n == null ? '–' : count(n))),
        ]);

        return figures.filter((figure) => figure !== '–');
    }, run.cells);

    assert.equal(run.prediction, said);
    assert.ok(text.includes(`“${choiceText(question, run.outcome ?? said)}”`), `${question.id}: ${text}`);
    assert.match(
        text,
        {true: /As you expected/, false: /came out otherwise/, null: /This run cannot decide/}[String(run.held)],
    );
    const explained = await result(page).locator(':scope > p').allInnerTexts();

    assert.ok(
        explained.some((paragraph) => written.some((figure) => paragraph.includes(figure))),
        `${question.id} has none of ${written.join(', ')}: ${explained.join('\n')}`,
    );
    assert.equal(await result(page).locator('.point').count(), 1);
    assert.equal(await result(page).locator('.article').count(), 1);
}

// What the glossary says of these words answers the question of the step.
const HIDDEN = {'no-lock': [/free-threaded/], sharing: [/process/i, /^threads?$/i]};

// Steps from to below to, each of them predicted, run and read, with Next to the following.
async function clickThrough({page, open, base}, from, to) {
    const catalog = await (await fetch(`${base}/experiments`)).json();
    const all = page.locator('.overview li a');
    const asked = [];

    for (let i = from; i < to; i++) {
        await page.locator('.overview li').nth(i).locator('a[aria-current=step]').waitFor();
        assert.ok((await heading(page).innerText()).includes(await all.nth(i).innerText()));
        if ((await page.locator('.prediction').count()) === 0) break; // the last one is read only
        assert.equal(await page.locator('.point, .article').count(), 0, 'no hint stands there before the run');
        const step = await page.evaluate(() => location.hash.match(/story\/([\w-]+)/)?.[1]);

        for (const word of HIDDEN[step] ?? [])
            assert.equal(await page.locator('.words button', {hasText: word}).count(), 0, `${word} would answer it`);
        const {sent, said, run} = await runStep(page, i % 3);
        const question = catalog.questions.find(({id}) => id === sent.question);

        assert.equal(sent.prediction, said);
        assert.equal(run.status, 'done');
        await assertSaysTheRun(page, {run, said, question});
        if (step === 'who-had-it') {
            await result(page).getByText('The same as a table').click();
            await result(page).locator('caption', {hasText: 'in the order of time'}).waitFor();
        }
        asked.push(run.experiment);
        assert.equal(await page.locator('.overview li.done').count(), i - from + 1);
        await page.locator('.pager [rel=next]').click();
    }
    return asked;
}

// The whole story, in three parts, as a test has two minutes.
const PARTS = [0, 6, 13, 99];

function part(n) {
    return async ({open, base}) => {
        const {page} = await openStory(open, '#story');
        const links = page.locator('.overview li a');
        const n_steps = await links.count();
        const [from, to] = [PARTS[n], Math.min(PARTS[n + 1], n_steps)];

        if (from > 0) await links.nth(from).click();
        const asked = await clickThrough({page, open, base}, from, to);

        assert.equal(asked.length, Math.min(to, n_steps - 1) - from);
        if (to === n_steps) await page.locator('#step-title:has-text("What you can explain now")').waitFor();
    };
}

export const the_first_part_of_the_story_is_clicked_through_with_predictions = part(0);
export const the_second_part_of_the_story_is_clicked_through_with_predictions = part(1);
export const the_third_part_of_the_story_is_clicked_through_with_predictions = part(2);

export async function the_story_is_what_is_seen_first_and_names_what_it_is_about({open}) {
    const {page} = await openStory(open, '');
    const text = await page.locator('.step').innerText();

    assert.match(text, /global interpreter lock/);
    assert.match(text, /“Python GIL” by Jahongir Rahmonov \(2017\)/);
    assert.match(text, /def count_down/);
    assert.equal(await page.locator('.prediction input').count(), 3);
    const words = (await page.locator('.words > p').allInnerTexts()).join(' ').split(/\s+/).length;

    assert.ok(words < 90, `${words} words before the first run`);
}

export async function every_experiment_has_a_step_and_each_step_a_question_of_its_own({open, base}) {
    const {page} = await openStory(open, '#story');
    const catalog = await (await fetch(`${base}/experiments`)).json();
    const steps = await page.evaluate(async () => {
        const {stepsOf} = await import('/story/steps.js');
        const {loadCatalog} = await import('/core/catalog.js');

        return stepsOf(await loadCatalog()).map(({id, experiment, question}) => ({id, experiment, question}));
    });
    const asking = steps.filter(({experiment}) => experiment);

    for (const {name} of catalog.experiments) assert.ok(asking.some((step) => step.experiment === name), name);
    for (const {id, experiment, question} of asking)
        assert.equal(catalog.questions.find((one) => one.id === question)?.experiment, experiment, id);
    assert.equal(new Set(asking.map(({question}) => question)).size, asking.length);
}

export async function without_a_prediction_nothing_runs_and_the_question_has_the_focus({open}) {
    const {page} = await openStory(open, '#story/once');

    await page.getByRole('button', {name: 'Run', exact: true}).click();
    await page.getByText('First choose what you expect.').waitFor();
    assert.equal(await page.locator('.prediction input').first().evaluate((node) => node === document.activeElement), true);
    assert.equal(runId(page), null);
}

export async function a_reload_in_the_middle_shows_the_same_result_and_the_steps_that_are_done({open}) {
    const {page} = await openStory(open, '#story/sharing');
    const {run} = await runStep(page, 1);
    const before = await result(page).innerText();

    assert.equal(runId(page), run.id);
    await page.reload();
    await result(page).locator('h3').first().waitFor();
    assert.equal(await result(page).innerText(), before);
    assert.equal(await page.locator('.prediction input').nth(1).isChecked(), true);
    assert.equal(await page.locator('.prediction input').nth(1).isDisabled(), false);
    assert.equal(await page.locator('.prediction input').nth(0).isDisabled(), true);
    assert.equal(await page.locator('.overview li.done').count(), 1);
    // Another step and back again: what came out is still there.
    await page.locator('.pager [rel=next]').click();
    await page.locator('#step-title:has-text("No lock at all")').waitFor();
    await page.locator('.pager [rel=prev]').click();
    await result(page).locator('h3').first().waitFor();
    assert.equal(runId(page), run.id);
}

export async function a_reload_while_a_step_runs_finds_it_again({open}) {
    const {page} = await openStory(open, '#story/fetch-twice');

    await page.locator('.prediction input').nth(2).check();
    await page.getByRole('button', {name: 'Run', exact: true}).click();
    await page.waitForURL(/run=/);
    const id = runId(page);

    await page.reload();
    await outcomeShown(page);
    assert.equal(runId(page), id);
    assert.equal(await page.locator('.prediction input').nth(2).isChecked(), true);
}

export async function going_back_to_a_step_that_still_runs_finds_its_run({open}) {
    const {page} = await openStory(open, '#story/fetch-twice');
    const booked = [];

    page.on('request', (request) => request.method() === 'POST' && booked.push(request.url()));
    await page.locator('.prediction input').nth(1).check();
    await page.getByRole('button', {name: 'Run', exact: true}).click();
    await page.waitForURL(/run=/);
    const id = runId(page);

    await page.locator('.pager [rel=next]').click();
    await page.waitForURL(/fetch-threads/);
    await page.locator('.pager [rel=prev]').click();
    await outcomeShown(page);
    assert.equal(runId(page), id);
    assert.equal(await page.locator('.prediction input').nth(1).isChecked(), true);
    assert.equal(booked.length, 1);
}

export async function a_step_is_begun_anew_and_asked_again({open}) {
    const {page} = await openStory(open, '#story/sharing');
    const {run} = await runStep(page, 0);

    await page.getByRole('button', {name: 'Do this step again'}).click();
    assert.equal(await result(page).isVisible(), false);
    assert.equal(runId(page), null);
    assert.equal(await page.locator('.overview li.done').count(), 0);
    const again = await runStep(page, 2);

    assert.notEqual(again.run.id, run.id);
}

export async function a_cancelled_step_can_be_run_again({open}) {
    const {page} = await openStory(open, '#story/fetch-threads');

    await page.locator('.prediction input').first().check();
    await page.getByRole('button', {name: 'Run', exact: true}).click();
    await page.getByRole('button', {name: 'Cancel'}).click();
    await page.locator('body:not(.running)').waitFor();
    assert.equal(runId(page), null);
    assert.equal(await page.locator('.prediction input').nth(1).isDisabled(), false);
    assert.match(await page.locator('.try .status').first().innerText(), /cancelled/i);
}

export async function a_run_that_is_gone_leaves_the_step_as_it_was_at_first({open}) {
    const {page} = await openStory(open, '#story/once?run=01ARZ3NDEKTSV4RRFFQ69G5FAV');

    await page.locator('#problem .problem').waitFor();
    assert.equal(runId(page), null);
    assert.equal(await page.locator('.prediction input').first().isDisabled(), false);
}

// Tab until something has the focus; nobody presses it more often than there are things to reach.
async function tabTo(page, selector) {
    for (let i = 0; i < 60; i++) {
        await page.keyboard.press('Tab');
        if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
    }
    assert.fail(`${selector} is not reached by Tab`);
}

export async function a_step_is_done_with_the_keyboard_alone({open}) {
    const {page} = await openStory(open, '#story/tiny');
    const has = (selector) => page.locator(`${selector}:focus`).waitFor();

    await tabTo(page, '.prediction input');
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.locator('.prediction input').nth(1).isChecked(), true);
    await tabTo(page, '.try form button[type=submit]');
    await page.keyboard.press('Enter');
    await has('.try .result h3');
    assert.equal((await getRun(page, runId(page))).prediction, 'same');
    await tabTo(page, '.pager [rel=next]');
    await page.keyboard.press('Enter');
    await has('#step-title');
    assert.match(await heading(page).innerText(), /Who sees the list/);
}

export async function steps_that_one_cpu_cannot_show_are_named_and_show_what_was_recorded({open, serve}) {
    const base = await serve([], ['taskset', '-c', '0']);
    const {page} = await openStory(open, '#story', {base});
    const banner = page.locator('aside.note');
    const recorded = JSON.parse(await (await page.request.get(`${base}/story/recorded.json`)).text());

    assert.match(await banner.innerText(), /1 usable CPU\b/);
    assert.match(await banner.innerText(), /Two threads/);
    assert.doesNotMatch(await banner.innerText(), /Count down once/);
    assert.match(await banner.innerText(), /there is nothing recorded: Why there is a lock\.$/);
    await banner.getByRole('link', {name: 'Two threads', exact: true}).click();
    await page.locator('.prediction input').first().check();
    await page.getByRole('button', {name: 'Show what was recorded'}).click();
    await result(page).locator('.recorded').waitFor();
    const {wall} = recorded.cpu.find(({py, cores, mode}) => py === '311' && cores === 2 && mode === 't2');

    assert.ok((await result(page).locator('.recorded').innerText()).includes(`${wall.toFixed(2)} s`));
    assert.match(await result(page).innerText(), /Not measured here: .*1 CPU only/);
    assert.equal(runId(page), null);
    // Of one there is nothing that was recorded.
    await page.goto(`${base}/#story/why-a-lock`);
    await page.locator('.prediction input').first().check();
    await page.getByRole('button', {name: 'Show what is known of it'}).click();
    await result(page).locator('.point').waitFor();
    assert.match(await result(page).innerText(), /^What is known of it/);
    // The others run as everywhere.
    await page.goto(`${base}/#story/sharing`);
    await page.locator('#step-title:has-text("Who sees the list")').waitFor();
    await runStep(page);
}

export async function a_step_about_a_lock_that_is_not_there_is_not_told({open, page, base}) {
    const {page: whole} = await openStory(open, '#story');
    const told = whole.locator('.overview a[href="#story/old-gil"]');

    assert.equal(await told.count(), 1);
    await page.route('**/experiments', async (route) => {
        const catalog = await (await route.fetch()).json();
        const {choices} = catalog.parameters.find(({name}) => name === 'lock');

        choices.splice(choices.indexOf('gil-py2'), 1);
        await route.fulfill({json: catalog});
    });
    await page.goto('about:blank');
    await page.goto(`${base}/#story`);
    await page.locator('.overview a').first().waitFor();
    assert.equal(await page.locator('.overview a[href="#story/old-gil"]').count(), 0);
    assert.ok((await page.locator('.overview a').count()) > 10);
}

// In a small container, say.
export async function a_step_of_many_tasks_takes_as_many_as_the_machine_bears({page, base}) {
    let sent = null;

    await page.route('**/experiments', async (route) => {
        const catalog = await (await route.fetch()).json();

        catalog.experiments.find(({name}) => name === 'idle').max_tasks.threads = 150;
        await route.fulfill({json: catalog});
    });
    page.on('request', (request) => {
        if (request.url().includes('/run/idle')) sent = request.postData() ?? request.url();
    });
    await page.goto('about:blank');
    await page.goto(`${base}/#story/thousands`);
    await page.locator('.prediction input').first().check();
    assert.match(await page.locator('.words').innerText(), /Here 150 threads/);
    assert.match(await page.locator('.words').innerText(), /range\(150\)/);
    await page.getByRole('button', {name: 'Run', exact: true}).click();
    await result(page).locator('h3').first().waitFor({timeout: 60000});
    assert.match(sent, /tasks[^\d]+150\b/);
}

export async function on_a_projector_the_result_waits_until_it_is_revealed({open, base}) {
    const {page} = await openStory(open, '#story');

    await page.goto('about:blank');
    await page.goto(`${base}/?present=1#story/tiny`);
    await page.locator('.prediction').waitFor();
    // The room's answer is ticked, and the keys still work.
    await page.locator('.prediction input').first().check();
    await page.keyboard.press('r');
    await page.getByRole('button', {name: 'Reveal'}).waitFor();
    assert.equal(await result(page).locator('.point').isVisible(), false);
    await page.keyboard.press('v');
    assert.equal(await result(page).locator('.point').isVisible(), true);
    await page.keyboard.press('n');
    await page.locator('#step-title:has-text("Who sees the list")').waitFor();
}

// Waits until an interpreter that a server was given has been asked what it can.
async function ready(base, name) {
    await until(() => `${name} is ready`, 60, async () => {
        const {runtimes} = await (await fetch(`${base}/experiments`)).json();
        const {status, reason} = runtimes.find(({runtime}) => runtime === name);

        assert.ok(['ready', 'starting'].includes(status), reason);
        return status === 'ready';
    });
}

export async function a_quota_names_the_steps_that_it_spoils({open, page, base}) {
    await page.route('**/readyz', async (route) => {
        const answer = await (await route.fetch()).json();

        await route.fulfill({json: {...answer, machine: {...answer.machine, cpus_usable: 2, cpu_quota: 1.5}}});
    });
    await page.goto('about:blank');
    await page.goto(`${base}/#story`);
    const banner = page.locator('aside.note');

    assert.match(await banner.innerText(), /This machine has a quota of 1\.5 CPUs for all runs\./);
    await banner.getByRole('link', {name: 'Two threads', exact: true}).click();
    await page.getByText('This step cannot be measured here: a quota lets runs use 1.5 CPUs at most').waitFor();
    await page.locator('.prediction input').first().check();
    await page.getByRole('button', {name: 'Show what was recorded'}).click();
    await result(page).locator('.recorded').waitFor();
    assert.equal(runId(page), null);
}

// What a run finds of the machine is said above this step and the next ones, until a quiet run takes it back.
export async function noise_is_said_with_the_steps_that_may_not_tell({open}) {
    const {page} = await openStory(open, '#story/sharing');
    const banner = page.locator('details.note', {hasText: 'This machine is busy with other things'});
    let noisy = true;

    await page.route(/\/runs\/\w{26}$/, async (route) => {
        const run = await (await route.fetch()).json();
        const noise = noisy ? {noisy: true, noise_reasons: ['other programs used 40 % of the CPU time']} : {noisy: false};

        await route.fulfill({json: {...run, host: {...run.host, ...noise}}});
    });
    await page.reload();
    await page.locator('.prediction').waitFor();
    assert.equal(await banner.count(), 0);
    await runStep(page);
    await page.reload(); // so that the run is read whole, and not from its events
    await banner.locator('summary').click();
    assert.match(await banner.innerText(), /other programs used 40 % of the CPU time/);
    await banner.getByRole('link', {name: 'Two threads', exact: true}).waitFor();
    assert.equal(await banner.getByRole('link', {name: 'Who sees the list?'}).count(), 0);
    await page.locator('.pager [rel=prev]').click();
    await page.locator('#step-title:has-text("Very little work")').waitFor();
    await banner.waitFor();
    noisy = false;
    await page.locator('.pager [rel=next]').click();
    await banner.waitFor({state: 'detached'});
}

// A chart of the story has no name that its text does not explain.
export async function charts_of_the_story_say_it_in_words({open, base}) {
    const {page} = await openStory(open, '#story/sharing');
    const catalog = await (await fetch(`${base}/experiments`)).json();
    const machineNames = [...catalog.modes, ...catalog.locks].map(({name}) => name).filter((name) => !/^(threads|processes)$/.test(name));
    const [steps, titles] = await page.evaluate(async () => {
        const [{stepsOf}, {plainCells}, {cellName}, {loadCatalog}] = await Promise.all(
            ['story/steps', 'story/plain', 'core/cells', 'core/catalog'].map((name) => import(`/${name}.js`)),
        );
        const catalog = await loadCatalog();
        const list = (text, other) => (text ?? other).split(',');
        const cellsOf = ({mode, lock, tasks, cpus}) =>
            list(lock, 'gil').flatMap((l) =>
                list(cpus, '2').flatMap((c) =>
                    list(tasks, '2').flatMap((t) => list(mode).map((m) => ({mode: m, lock: l, tasks: Number(t), cpus: Number(c)}))),
                ),
            );
        const asking = stepsOf(catalog).filter(({values}) => values);

        return [
            asking.length,
            asking.map(({id, values}) => {
                const cells = plainCells({cells: cellsOf(values)}, catalog);

                return [id, cells.map((cell) => cellName(cell, cells))];
            }),
        ];
    });

    assert.equal(titles.length, steps);
    for (const [id, names] of titles) {
        assert.equal(new Set(names).size, names.length, `${id}: ${names}`);
        for (const name of names) assert.ok(!name.split(/[ ,]+/).some((word) => machineNames.includes(word)), `${id}: ${name}`);
    }
    await runStep(page);
    const chart = result(page).locator('figure canvas[role=img]');

    assert.match(await chart.getAttribute('aria-label'), /^Bar chart: items that the program saw\. threads /);
}

export async function the_same_is_asked_of_a_real_interpreter_and_stands_below({open, serve}) {
    const base = await serve(['runtimes.python3=python3 python.py']);

    await ready(base, 'python3');
    const {page} = await openStory(open, '#story/sharing', {base});
    const {run} = await runStep(page);

    await page.getByRole('button', {name: 'And in real Python'}).click();
    const title = result(page).locator('.real-title');

    await title.waitFor({timeout: 60000});
    assert.match(await title.innerText(), /CPython 3/);
    const realId = new URL(page.url()).hash.match(/real=(\w+)/)[1];
    const real = await getRun(page, realId);

    assert.equal(runId(page), run.id);
    assert.deepEqual(real.request.runtime, ['python3']);
    assert.equal(real.prediction, null);
    assert.equal(real.outcome, run.outcome);
    // A reload shows both.
    await page.reload();
    await title.waitFor({timeout: 60000});
    assert.equal(await result(page).locator('.outcome').count(), 2);
}

// What is said of a model must not stand below a real interpreter.
export async function a_real_interpreter_is_not_said_to_be_in_c({page}) {
    const said = await page.evaluate(async () => {
        const {LOOP} = await import('/story/steps/loop.js');
        const cell = (mode) => ({
            mode,
            tasks: 500,
            status: 'done',
            wall_ns: {median: 2e8},
            memory: {rss_per_task_bytes: 16500, kernel_per_task_bytes: 20700, virtual_per_task_bytes: 8.4e6},
            metrics: {create_ns_per_task: 1000, wakeup_cpu_share: 0.1},
        });
        const {explain} = LOOP.find(({id}) => id === 'thousands');

        return [false, true].map((isReal) => explain({cells: [cell('threads'), cell('epoll')]}, {isReal}).join(' '));
    });

    assert.match(said[0], /A task of the event loop: 16\.5 KB \(in C\)\./);
    assert.match(said[1], /A task of the event loop: 16\.5 KB\./);
}

// In Python the beginning of a line means something, so it must not be broken on a phone; but for the making of a thread.
export async function lines_of_python_stay_whole_on_a_phone({open, base}) {
    const {page} = await openStory(open, '#story', {width: 360, height: 740});
    const steps = await page.evaluate(async () => {
        const [{stepsOf}, {loadCatalog}] = await Promise.all([import('/story/steps.js'), import('/core/catalog.js')]);

        return stepsOf(await loadCatalog()).filter(({code}) => code).map(({id, code}) => [id, code]);
    });
    const room = await page.locator('.code').evaluate((node) => {
        const {paddingLeft, paddingRight} = getComputedStyle(node);
        const {font} = getComputedStyle(node.querySelector('code'));
        const pen = document.createElement('canvas').getContext('2d');

        pen.font = font;
        return Math.floor((node.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight)) / pen.measureText('n').width);
    });
    const long = steps.flatMap(([id, code]) =>
        code
            .split('\n')
            .filter((line) => line.length > room && !/ = (Thread|Process)\(target=/.test(line))
            .map((line) => `${id}: ${line}`),
    );

    assert.ok(room > 30, `${room} characters`);
    assert.deepEqual(long, []);
}
