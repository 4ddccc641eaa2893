// A class: an instructor who leads it by a token, pupils who find what comes next at the top of their page, and the
// board that all of them see. Each person is a browser context of their own.
import assert from 'node:assert/strict';
import {until} from './lab.mjs';
import {runNow, start, stop} from './neighbour.mjs';
import {awaitRun, overflow} from './steps.mjs';

const TOKEN = 'correct-horse';
const LED = [`server.instructor_token=${TOKEN}`];
const QUICK = {mode: 'serial,threads', n: '1e5', repeat: '6', warmup: '0'};
const LONG = {mode: 'serial,threads', n: '3e7', repeat: '1000', warmup: '0', timeout_ms: '600000'};
const NAMES = ['Ann', 'Bob', 'Chloé', 'Dmitri', '<b onclick="x()">Eve</b>'];
const SAID = ['shorter', 'same', 'same', 'longer', 'longer'];

async function ask(base, path, {method = 'GET', body, headers} = {}) {
    const answer = await fetch(`${base}/${path}`, {
        method,
        headers: {...(body && {'Content-Type': 'application/json'}), ...headers},
        body: body && JSON.stringify(body),
    });

    return answer.json();
}

// The instructor's will, by curl.
function act(base, action, next = {}) {
    return ask(base, 'class', {method: 'POST', body: {action, ...next}, headers: {Authorization: `Bearer ${TOKEN}`}});
}

const next = (base, request, title = 'Two threads') =>
    act(base, 'next', {title, experiment: 'countdown', request, question: 'countdown'});

const click = (page, name) => page.getByRole('button', {name, exact: true}).click();
const strip = (page) => page.locator('#next');
const board = (page) => page.getByRole('region', {name: 'Who has done it'}).locator('tbody tr');
const nextIs = (page, title) => strip(page).getByRole('heading', {name: title}).waitFor({timeout: 30000});
const rowOf = (page, name) => board(page).filter({has: page.getByRole('link', {name, exact: true})});
const tally = (page) => page.locator('.tally li');

// A pupil with a name, at the page that the class's button leads to.
async function pupil({open, base}, name, hash = '#lab/fetch') {
    const view = await open(hash, {base});
    const {page} = view;

    await strip(page).getByLabel('Your name').fill(name);
    await strip(page).getByRole('button', {name: 'Go there'}).click();
    await page.waitForURL(/#lab\/countdown/);
    return view;
}

// Says what is expected and presses the button, as somebody does who came by the strip.
async function predictAndRun(page, choice) {
    await page.locator(`input[name=prediction][value=${choice}]`).check();
    const [answer] = await Promise.all([
        page.waitForResponse((response) => response.url().includes('/run/')),
        page.locator('#view').getByRole('button', {name: /^Run/}).click(),
    ]);

    return answer.json();
}

// What the page sends for a run, where the form is not what a test is about.
function book(page, values) {
    return page.evaluate(async (given) => {
        const {bookRun} = await import('./core/follow.js');

        return bookRun('countdown', given);
    }, values);
}

// Typed into the dialog that asks for it.
async function giveToken(page, token) {
    const dialog = page.getByRole('dialog');

    await dialog.locator('input').fill(token);
    await dialog.getByRole('button', {name: 'Use it'}).click();
}

export async function the_instructors_token_is_asked_for_and_accepted({open, serve}) {
    const base = await serve(LED);
    const {page, axe} = await open('#class', {base});
    const dialog = page.getByRole('dialog');

    await page.getByText('A class is several people at one server').waitFor();
    assert.equal(await page.getByRole('heading', {name: 'Lead the class'}).isVisible(), false);
    await click(page, 'Lead this class');
    await dialog.getByText('instructor’s token').waitFor();
    assert.equal(await dialog.locator('input').getAttribute('type'), 'password');
    assert.deepEqual(await axe(), []);
    await giveToken(page, 'wrong-horse');
    await dialog.getByText(/is not one of this server's|not the instructor/i).first().waitFor();
    await page.keyboard.press('Escape');
    await dialog.getByText('Not the instructor’s token').waitFor();
    await giveToken(page, TOKEN);
    await page.getByRole('heading', {name: 'Lead the class'}).waitFor();
    await page.reload();
    await page.getByRole('heading', {name: 'Lead the class'}).waitFor();
    await click(page, 'Give it back');
    await page.getByRole('button', {name: 'Lead this class'}).waitFor();
    assert.equal(await page.getByRole('heading', {name: 'Lead the class'}).isVisible(), false);
}

export async function without_a_token_for_an_instructor_the_page_says_how_to_set_one({open, base}) {
    const {page, axe} = await open('#class');

    await page.getByText('Nobody can lead a class on this server yet').waitFor();
    assert.match(await page.locator('pre').textContent(), /^GILSCOPE_SERVER_INSTRUCTOR_TOKEN=\w+ scripts\/run\.sh$/);
    assert.equal(await page.getByRole('button', {name: 'Lead this class'}).count(), 0);
    assert.equal((await ask(base, 'class')).on, false);
    assert.deepEqual(await axe(), []);
}

export async function without_a_class_the_board_shows_who_runs_what({open, serve}) {
    const base = await serve();
    const {page} = await open('#class', {base});
    const rowWith = (name) => page.locator('#view tbody tr').filter({has: page.getByRole('link', {name, exact: true})});
    const theirs = await start(base, {...LONG, label: 'Bob', prediction: 'longer'});
    const waits = await start(base, {...LONG, seed: 2, label: 'Cleo'}, 'other');

    await rowWith('Bob').getByText('runs now').waitFor();
    await rowWith('Cleo').getByText('waits, next in line').waitFor();
    await stop(base, waits, 'other');
    await rowWith('Cleo').getByText('stopped before its end').waitFor();
    await stop(base, theirs);
    const {headline} = await runNow(base, {...QUICK, label: 'Dora'});

    await rowWith('Dora').getByText('done').waitFor();
    assert.ok((await rowWith('Dora').textContent()).includes(headline.text));
    assert.equal(await rowWith('Dora').getByText('countdown', {exact: true}).count(), 1);
    assert.equal(await strip(page).isVisible(), false);
}

// The whole of it by the mouse: five pupils with five predictions join one run.
export async function a_class_of_five_predicts_joins_one_run_and_sees_what_came_out({open, serve}) {
    const base = await serve(LED);
    const {page} = await open('#class', {base});

    await click(page, 'Lead this class');
    await giveToken(page, TOKEN);
    await page.getByLabel('What everybody does next').selectOption({label: 'A form of the lab, by its address'});
    await page.getByLabel('Address of the form').fill(`${base}/#lab/countdown?${new URLSearchParams(LONG)}`);
    await page.getByLabel('Title, as everybody reads it').fill('Two threads at once');
    await click(page, 'Make it everybody’s next');
    await page.locator('.lead-now', {hasText: 'Two threads at once. The answers are hidden.'}).waitFor();

    const pupils = [];

    for (const name of NAMES) pupils.push(await pupil({open, base}, name));
    for (const [i, {page: theirs}] of pupils.entries()) {
        assert.match(theirs.url(), /#lab\/countdown\?.*n=3e7/);
        assert.match(await strip(theirs).textContent(), /Two threads at once/);
        assert.match(await strip(theirs).textContent(), /count down from a large number/);
        const booked = await predictAndRun(theirs, SAID[i]);

        assert.equal(booked.joined, i > 0);
        assert.equal(booked.label, NAMES[i]);
        assert.equal(booked.prediction, SAID[i]);
    }
    // All five are on the board of each, the instructor's screen included, and no prediction is but one's own.
    const [{page: first}] = pupils;

    await strip(first).getByText('5 have booked: 5 run.').waitFor();
    await first.evaluate(() => {
        location.hash = '#class';
    });
    for (const screen of [first, page]) {
        for (const name of NAMES) await rowOf(screen, screen === first && name === 'Ann' ? 'Ann (you)' : name).getByText('runs now').waitFor();
        assert.equal(await board(screen).count(), 5);
        await screen.getByText('5 of 5 people have said what they expect.').waitFor();
        assert.equal(await tally(screen).locator('b').count(), 0);
        const said = await board(screen).locator('td:nth-child(3)').allTextContents();

        assert.deepEqual(new Set(said.slice(0, 4)), new Set(['hidden']));
        assert.equal(said[4], screen === first ? 'clearly shorter, such as half of it' : 'hidden');
        assert.equal(await screen.locator('#view b[onclick]').count(), 0);
    }
    // The stream of a pupil does not have them, whatever its page shows.
    const seen = await first.evaluate(() => fetch('runs?limit=1').then((answer) => answer.json()));
    const run = await first.evaluate((id) => fetch(`runs/${id}`).then((answer) => answer.json()), seen.runs[0].id);

    assert.deepEqual(
        run.asks.map(({prediction}) => prediction),
        ['shorter', null, null, null, null],
    );
    await page.getByLabel('Show the answers on this screen alone').check();
    assert.deepEqual(await tally(page).locator('b').allTextContents(), ['1', '2', '2']);
    await page.getByLabel('Show the answers on this screen alone').uncheck();
    assert.equal(await tally(page).locator('b').count(), 0);
    await page.getByLabel('Show the answers on this screen alone').check();

    await click(page, 'Reveal the answers');
    for (const screen of [first, page]) {
        await tally(screen).locator('b').nth(2).waitFor();
        assert.deepEqual(await tally(screen).locator('b').allTextContents(), ['1', '2', '2']);
        await rowOf(screen, 'Dmitri').getByText('clearly longer').waitFor();
    }
    await click(page, 'Hide the answers again');
    for (const screen of [first, page]) await tally(screen).locator('b').first().waitFor({state: 'detached'});
    // What was shown on this screen alone is asked for anew.
    assert.equal(await page.getByLabel('Show the answers on this screen alone').isChecked(), false);
    await first.evaluate((id) => fetch(`runs/${id}/cancel`, {method: 'POST'}), run.id);
}

export async function a_step_of_the_story_is_done_by_a_class({open, serve}) {
    const base = await serve(LED);
    const {page} = await open('#class', {base});

    await click(page, 'Lead this class');
    await giveToken(page, TOKEN);
    const list = page.getByLabel('What everybody does next');

    await list.waitFor();
    await list.selectOption(await list.locator('option').filter({hasText: /^1\. /}).getAttribute('value'));
    await click(page, 'Make it everybody’s next');
    const {page: theirs} = await open('#runs', {base});

    await strip(theirs).getByLabel('Your name').fill('Ann');
    await theirs.keyboard.press('Enter');
    const {step, title, question} = (await ask(base, 'class')).next;

    await theirs.waitForURL(new RegExp(`#story/${step}$`));
    await nextIs(theirs, new RegExp(title));
    const choice = await theirs.locator('input[name=prediction]').first().inputValue();
    const booked = await predictAndRun(theirs, choice);

    assert.deepEqual([booked.label, booked.question, booked.prediction], ['Ann', question, choice]);
    await rowOf(page, 'Ann').getByText('hidden').waitFor();
    await rowOf(page, 'Ann').getByText('done').waitFor({timeout: 30000});
    await click(page, 'Reveal the answers');
    await tally(page).locator('b').first().waitFor();
    assert.equal((await tally(page).locator('b').allTextContents())[0], '1');
}

export async function what_came_out_stands_beside_what_was_expected({open, serve}) {
    const base = await serve(LED);

    await next(base, QUICK);
    const ids = [];

    for (const [i, prediction] of ['shorter', 'longer'].entries()) {
        const {page} = await pupil({open, base}, NAMES[i]);

        ids.push((await book(page, {...QUICK, prediction, seed: String(i + 1)})).id);
    }
    const {page} = await open('#class', {base});

    await strip(page).getByText('2 have booked: 2 are done.').waitFor();
    assert.equal(await page.getByRole('heading', {name: 'How it spread'}).isVisible(), false);
    await act(base, 'reveal');
    await page.getByRole('heading', {name: 'How it spread'}).waitFor();
    const runs = await Promise.all(ids.map((id) => ask(base, `runs/${id}`)));
    const dots = page.locator('.spread a');

    assert.deepEqual(
        new Set(await dots.evaluateAll((links) => links.map((link) => link.getAttribute('href')))),
        new Set(ids.map((id) => `#runs/${id}`)),
    );
    await page.getByText('The same as a table').click();
    await page.locator('section:has(.spread) tbody tr').nth(1).waitFor();
    const shown = await page.locator('section:has(.spread) tbody data').evaluateAll((nodes) => nodes.map((node) => Number(node.value)));

    assert.deepEqual(
        shown.sort(),
        runs.map((run) => run.cells[1].relative.ratio).sort(),
    );
    // What the server judged, and nothing else.
    for (const [i, run] of runs.entries()) {
        const held = {true: '✓ yes', false: '✗ no', null: 'cannot be told'}[run.asks[0].held];

        assert.match(await rowOf(page, NAMES[i]).textContent(), new RegExp(held));
    }
    const came = runs.filter(({asks: [{outcome}]}) => outcome !== null);

    assert.equal(
        await page.locator('.tally-came').count(),
        new Set(came.map(({asks: [{outcome}]}) => outcome)).size,
    );
}

export async function who_does_it_twice_counts_once_by_the_first_prediction({open, serve}) {
    const base = await serve(LED);

    await next(base, QUICK);
    const {page: ann} = await pupil({open, base}, 'Ann');
    const {page: other} = await pupil({open, base}, 'Ann');
    const {page} = await open('#class', {base});
    const runs = [
        [ann, 'shorter'],
        [ann, 'longer'],
        [other, 'longer'],
    ];

    for (const [i, [theirs, prediction]] of runs.entries()) await book(theirs, {...QUICK, prediction, seed: String(i + 1)});
    await strip(page).getByText('2 have booked: 2 are done.').waitFor();
    assert.equal(await board(page).count(), 2);
    await page.getByText('2 of 2 people have said what they expect.').waitFor();
    // What came of the other run would give the answer away, and stands nowhere before it is revealed.
    const told = await ask(base, 'runs');

    assert.deepEqual(told.runs.map(({headline}) => headline), [null, null, null]);
    await page.getByText('Everything else on this server: 1').click();
    await page.getByText('What else was asked for here').waitFor();
    assert.doesNotMatch(await page.locator('#view').textContent(), /serial time/);
    await act(base, 'reveal');
    await tally(page).locator('b').nth(2).waitFor();
    assert.deepEqual(await tally(page).locator('b').allTextContents(), ['1', '0', '1']);
    await page.getByRole('columnheader', {name: 'what came out'}).nth(1).waitFor();
}

export async function the_board_is_cleared_for_all_and_the_class_ends({open, serve}) {
    const base = await serve(LED);

    await next(base, QUICK);
    const {page: theirs} = await pupil({open, base}, 'Ann');
    const {page} = await open('#class', {base});

    await book(theirs, {...QUICK, prediction: 'same'});
    await rowOf(page, 'Ann').getByText('done').waitFor();
    await click(page, 'Lead this class');
    await giveToken(page, TOKEN);
    await click(page, 'Clear the board');
    await click(page, 'Clear it for everybody?');
    await board(page).first().waitFor({state: 'detached'});
    await nextIs(theirs, /What everybody does next will stand here/);
    await page.reload();
    await page.getByText('nothing is asked of it yet').waitFor();
    assert.equal(await board(page).count(), 0);
    assert.equal((await ask(base, 'runs')).runs.length, 1);
    await click(page, 'End the class');
    await click(page, 'End it for everybody?');
    await strip(theirs).waitFor({state: 'hidden'});
    assert.equal((await ask(base, 'class')).on, false);
}

export async function a_reload_and_a_restart_of_the_server_keep_the_class({open, serve, restart}) {
    const base = await serve(LED);

    await next(base, QUICK, 'Before the restart');
    const {page} = await pupil({open, base}, 'Ann');

    await book(page, {...QUICK, prediction: 'same'});
    await strip(page).getByText('1 has booked: 1 is done.').waitFor();
    await page.reload();
    await strip(page).getByText('1 has booked: 1 is done.').waitFor();
    assert.match(await strip(page).textContent(), /You are Ann/);
    await restart(base, async () => {
        assert.match(await strip(page).textContent(), /Before the restart/);
    });
    // The board of the new server is empty, and its archive is not.
    await page.reload();
    await strip(page).getByText('1 has booked: 1 is done.').waitFor();
    assert.match(await strip(page).textContent(), /Yours done/);
    // Nor are predictions told anew that were hidden before.
    const {page: theirs} = await open('#class', {base});

    await rowOf(theirs, 'Ann').getByText('hidden').waitFor();
    await restart(base);
    await act(base, 'reveal');
    await rowOf(theirs, 'Ann').getByText('about as long').waitFor({timeout: 30000});
    await next(base, QUICK, 'After the restart');
    await nextIs(page, /After the restart/);
    await restart(base);
    await page.reload();
    await nextIs(page, /After the restart/);
    await act(base, 'reveal');
    await restart(base);
    assert.deepEqual(
        await ask(base, 'class').then(({on, revealed, next: {title, number}}) => ({on, revealed, title, number})),
        {on: true, revealed: true, title: 'After the restart', number: 2},
    );
}

export async function the_name_is_asked_once_and_may_be_changed({open, serve}) {
    const base = await serve(LED);

    await next(base, QUICK);
    const {page} = await pupil({open, base}, NAMES[4], '#story');

    await page.evaluate(() => {
        location.hash = '#runs';
    });
    await strip(page).getByRole('link', {name: 'Go there'}).waitFor();
    assert.match(await strip(page).textContent(), /You are <b onclick="x\(\)">Eve<\/b>/);
    assert.equal(await page.locator('[onclick]').count(), 0);
    await strip(page).getByRole('button', {name: 'Change'}).click();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('Eve');
    await page.keyboard.press('Enter');
    await strip(page).getByText('You are Eve').waitFor();
    assert.match(page.url(), /#runs$/);
    assert.equal(await strip(page).getByRole('link').first().evaluate((node) => node === document.activeElement), true);
    await next(base, QUICK, 'Another one');
    await nextIs(page, /Another one/);
    await strip(page).getByRole('link', {name: 'Go there'}).click();
    const run = await awaitRun(page, () => click(page, 'Run'));

    assert.equal(run.body.label, 'Eve');
    assert.equal(run.body.question, 'countdown');
}

export async function the_lab_hands_its_form_to_the_class({open, serve}) {
    const base = await serve(LED);
    const {page} = await open('#class', {base});

    await click(page, 'Lead this class');
    await giveToken(page, TOKEN);
    await page.getByRole('heading', {name: 'Lead the class'}).waitFor();
    await page.evaluate((values) => {
        location.hash = `#lab/countdown?${new URLSearchParams(values)}`;
    }, QUICK);
    await click(page, 'Make what I see here everybody’s next');
    await page.getByLabel('Title, as everybody reads it').waitFor();
    await page.waitForFunction(() => document.activeElement.textContent === 'Make it everybody’s next');
    await page.keyboard.press('Enter');
    await page.locator('.lead-now', {hasText: 'number 1: countdown'}).waitFor();
    const {request, question} = (await ask(base, 'class')).next;

    assert.deepEqual(request, QUICK);
    assert.equal(question, null);
    // The story has its first step at its own address, and at that of the page.
    for (const hash of ['#story', '']) {
        await page.evaluate((to) => {
            location.hash = to;
        }, hash);
        await page.locator('#step-title').waitFor();
        await click(page, 'Make what I see here everybody’s next');
        await page.waitForFunction(() => document.activeElement.textContent === 'Make it everybody’s next');
        assert.equal(await page.getByLabel('What everybody does next').inputValue(), 'step once');
    }
    // A run is no form; the form beside it is one again as soon as it is changed.
    const hand = page.getByRole('button', {name: 'Make what I see here everybody’s next'});

    await page.evaluate((values) => {
        location.hash = `#lab/countdown?${new URLSearchParams(values)}`;
    }, QUICK);
    await page.locator('#view').getByRole('button', {name: /^Run/}).click();
    await page.locator('#result table').first().waitFor({timeout: 60000});
    await hand.waitFor({state: 'hidden'});
    await page.locator('#field-repeat').fill('7');
    await hand.waitFor();
}

// Who is still at the page of the first round is asked in the second, too, though the question is the same.
export async function the_same_question_is_asked_in_the_next_round({open, serve}) {
    const base = await serve(LED);

    await next(base, QUICK);
    const {page} = await pupil({open, base}, 'Ann');

    await predictAndRun(page, 'same');
    await page.locator('#result table').first().waitFor({timeout: 60000});
    await next(base, {...QUICK, n: '2e5'}, 'Twice the work');
    await nextIs(page, 'Twice the work');
    await strip(page).getByRole('link', {name: 'Go there'}).click();
    const booked = await predictAndRun(page, 'longer');

    assert.equal(booked.prediction, 'longer');
    assert.equal(booked.request.n, 200000);
}

// A form may be asked about otherwise than its experiment mostly is.
export async function the_instructor_chooses_what_is_asked_before_a_form({open, serve}) {
    const base = await serve(LED);
    const {questions} = await ask(base, 'experiments');
    const {id, text, choices} = questions.find((one) => one.experiment === 'countdown' && one.id !== 'countdown');
    const {page} = await open('#class', {base});

    await click(page, 'Lead this class');
    await giveToken(page, TOKEN);
    await page.getByLabel('What everybody does next').selectOption({label: 'A form of the lab, by its address'});
    await page.getByLabel('Address of the form').fill(`${base}/#lab/countdown?${new URLSearchParams(QUICK)}`);
    await page.getByLabel('What everybody is asked before it').selectOption({label: text});
    await click(page, 'Make it everybody’s next');
    await page.locator('.lead-now', {hasText: 'number 1'}).waitFor();
    assert.equal((await ask(base, 'class')).next.question, id);
    const {page: theirs} = await pupil({open, base}, 'Ann');

    assert.match(theirs.url(), new RegExp(`[?&]question=${id}\\b`));
    assert.ok((await strip(theirs).textContent()).includes(text));
    await theirs.getByRole('group', {name: text}).waitFor();
    const booked = await predictAndRun(theirs, choices[0].id);

    assert.deepEqual([booked.question, booked.prediction], [id, choices[0].id]);
    await rowOf(page, 'Ann').getByText('hidden').waitFor();
    // A step has its own question.
    await page.getByLabel('What everybody does next').selectOption({index: 0});
    assert.equal(await page.getByLabel('What everybody is asked before it').isVisible(), false);
}

export async function what_is_no_address_of_a_form_is_said({open, serve}) {
    const base = await serve(LED);
    const {page} = await open('#class', {base});

    await click(page, 'Lead this class');
    await giveToken(page, TOKEN);
    await page.getByLabel('What everybody does next').selectOption({label: 'A form of the lab, by its address'});
    await page.getByLabel('Address of the form').fill('https://example.org/');
    await page.getByText('This is no address of a form').waitFor();
    await page.getByLabel('Address of the form').fill('#lab/countdown?taks=2');
    await page.getByText('countdown has no parameter called taks').waitFor();
    await page.getByLabel('Address of the form').fill('#lab/countdown?tasks=0');
    await click(page, 'Make it everybody’s next');
    await page.getByRole('alert').getByText(/tasks/).waitFor();
    await page.locator('#next-address-problem', {hasText: /^tasks: must be/}).waitFor();
    assert.equal((await ask(base, 'class')).on, false);
}

export async function the_room_is_told_by_which_address_to_come({open, serve}) {
    const base = await serve(LED);
    const {page} = await open('#class', {base});

    await click(page, 'Lead this class');
    await giveToken(page, TOKEN);
    const code = page.locator('img.qr');

    await code.waitFor();
    await page.getByText('means “this very machine”').waitFor();
    assert.equal(await code.getAttribute('alt'), `QR code of ${base}/`);
    await page.getByLabel('Address for others').fill('http://192.0.2.7:8080/');
    await page.getByText('means “this very machine”').waitFor({state: 'hidden'});
    assert.equal(await code.getAttribute('alt'), 'QR code of http://192.0.2.7:8080/');
    await page.waitForFunction(() => document.querySelector('img.qr').naturalWidth > 0);
    await page.reload();
    await page.getByText('http://192.0.2.7:8080/', {exact: true}).waitFor();
}

// A browser has few connections to one host.
export async function one_connection_for_each_page_and_none_while_it_is_hidden({open, serve}) {
    const base = await serve(LED);
    const {page} = await open('#class', {base});
    const streams = new Set();

    page.on('request', (request) => request.url() === `${base}/events` && streams.add(request));
    page.on('requestfailed', (request) => streams.delete(request));
    await page.reload();
    const turn = (hidden) =>
        page.evaluate((isHidden) => {
            Object.defineProperty(document, 'hidden', {value: isHidden, configurable: true});
            document.dispatchEvent(new Event('visibilitychange'));
        }, hidden);
    const untilThereAre = (n) => until(() => `${streams.size} streams and not ${n}`, 5, () => streams.size === n);

    await untilThereAre(1);
    await page.evaluate(() => {
        location.hash = '#runs';
    });
    await page.locator('#view[data-view=history]').waitFor();
    assert.equal(streams.size, 1);
    await turn(true);
    await untilThereAre(0);
    await next(base, QUICK, 'While nobody looked');
    await turn(false);
    await untilThereAre(1);
    await nextIs(page, /While nobody looked/);
}

export async function a_server_with_a_token_shows_its_class_when_it_has_it({open, serve}) {
    const base = await serve([...LED, 'server.token=open-sesame']);

    await next(base, QUICK);
    const {page} = await open('#lab/countdown', {base});

    assert.equal(await page.getByRole('dialog').count(), 0);
    await page.evaluate(() => {
        location.hash = '#class';
    });
    await giveToken(page, 'open-sesame');
    await nextIs(page, /Two threads/);
    await page.getByRole('button', {name: 'Lead this class'}).waitFor();
}

export async function on_a_projector_keys_reveal_and_go_to_the_next_step({open, serve}) {
    const base = await serve(LED);
    const {page, axe} = await open('?present=1#class', {base});

    await page.getByRole('link', {name: 'Leave presentation'}).waitFor();
    await act(base, 'next', {step: 'first', title: 'A step that is none'});
    await next(base, QUICK);
    await click(page, 'Lead this class');
    await giveToken(page, TOKEN);
    await page.locator('.lead-now', {hasText: 'The answers are hidden.'}).waitFor();
    assert.equal(await page.getByLabel('Show the answers on this screen alone').isVisible(), false);
    await page.keyboard.press('v');
    await page.locator('.lead-now', {hasText: 'The answers are shown.'}).waitFor();
    await page.keyboard.press('n');
    await page.locator('.lead-now', {hasText: 'number 3'}).waitFor();
    await page.keyboard.press('n');
    await page.locator('.lead-now', {hasText: 'number 4'}).waitFor();
    const titles = await page.getByLabel('What everybody does next').locator('option').allTextContents();

    assert.equal(`2. ${(await ask(base, 'class')).next.title}`, titles[1]);
    assert.deepEqual(await axe(), []);
    assert.ok((await overflow(page)) <= 0);
    await page.keyboard.press('r');
    await page.waitForURL(/present=1#story\//);
}

// The room reads its question in the step below, and has its names on pages of its own.
export async function on_a_projector_the_strip_is_a_line_that_asks_nobody_for_a_name({open, serve}) {
    const base = await serve(LED);

    await next(base, QUICK);
    const {page} = await open('?present=1#story/two-threads', {base});

    await nextIs(page, /Two threads/);
    await strip(page).getByRole('link', {name: 'Go there'}).waitFor();
    assert.equal(await strip(page).getByLabel('Your name').count(), 0);
    assert.doesNotMatch(await strip(page).innerText(), /How long do they take/);
}

async function noViolations({open, serve}, view) {
    const base = await serve(LED);

    await next(base, QUICK, 'A title that is as long as titles come when somebody writes a whole sentence into it');
    const {page: theirs, axe} = await pupil({open: (hash, more) => open(hash, {...view, ...more}), base}, 'A name as long as they come here');

    await book(theirs, {...QUICK, prediction: 'same'});
    await strip(theirs).getByText('1 has booked: 1 is done.').click();
    assert.deepEqual(await axe(), []);
    assert.ok((await overflow(theirs)) <= 0);
    const {page, axe: leads} = await open('#class', {...view, base});

    await click(page, 'Lead this class');
    await giveToken(page, TOKEN);
    await board(page).first().waitFor();
    assert.deepEqual(await leads(), []);
    await click(page, 'Reveal the answers');
    await page.locator('.spread').waitFor();
    await page.getByText('The same as a table').click();
    assert.deepEqual(await leads(), []);
    assert.ok((await overflow(page)) <= 0);
    await theirs.evaluate(() => {
        location.hash = '#class';
    });
    await theirs.locator('.spread').waitFor();
    assert.deepEqual(await axe(), []);
    assert.ok((await overflow(theirs)) <= 0);
}

export const axe_finds_nothing_in_a_light_class = (lab) => noViolations(lab, {width: 1280});
export const axe_finds_nothing_in_a_dark_class = (lab) => noViolations(lab, {width: 1920, dark: true});
export const axe_finds_nothing_in_a_class_of_phones = (lab) => noViolations(lab, {width: 360, height: 740});

export async function a_class_is_led_by_keyboard({open, serve}) {
    const base = await serve(LED);
    const {page} = await open('#class', {base});
    const tabTo = async (text) => {
        for (let i = 0; i < 80; i++) {
            await page.keyboard.press('Tab');
            const at = await page.evaluate(() => {
                const node = document.activeElement;

                return node.labels?.[0]?.textContent ?? node.textContent;
            });

            if (at === text) return;
        }
        assert.fail(`Tab never reached ${text}`);
    };

    await tabTo('Lead this class');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.type(TOKEN);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', {name: 'Lead the class'}).waitFor();
    await page.getByLabel('What everybody does next').waitFor();
    await tabTo('What everybody does next');
    await page.keyboard.type('countdown');
    await tabTo('Title, as everybody reads it');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('By keyboard');
    await page.keyboard.press('Enter');
    await page.locator('.lead-now', {hasText: 'By keyboard'}).waitFor();
    await page.locator('h2').first().focus();
    await tabTo('Reveal the answers');
    await page.keyboard.press('Enter');
    await page.locator('.lead-now', {hasText: 'The answers are shown.'}).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Hide the answers again');
}
