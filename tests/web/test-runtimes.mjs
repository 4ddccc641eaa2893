// Several runtimes in the form: what they have, what they lack and why, and those that cannot be used. The
// catalog is made here from the server's, so that nothing hangs on which interpreters a machine has.
import assert from 'node:assert/strict';
import {chooseExperiment, tick} from './steps.mjs';

const without = (object, names) =>
    Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));

// The server's catalog with a Python beside the engine: one lock, no processes, another range of n, a kernel of its own,
// and no experiment called idle; one that is still starting and one that is broken.
async function serveRuntimes(page, base) {
    const catalog = await (await fetch(`${base}/experiments`)).json();
    const c = catalog.runtimes[0];
    const entries = Object.fromEntries(catalog.experiments.map((one) => [one.name, one]));
    const changed = (experiment, name, change) => ({
        ...experiment,
        parameters: experiment.parameters.map((one) => (one.name === name ? {...one, ...change} : one)),
    });
    const countdown = changed(entries.countdown, 'n', {max: 1234});
    const crunch = changed(entries.crunch, 'kernel', {choices: ['sha256'], default: 'sha256'});
    const snake = {
        ...c,
        runtime: 'snake',
        status: 'ready',
        about: 'a Python',
        modes: ['serial', 'threads'],
        locks: ['gil'],
        experiments: without({...entries, countdown, crunch}, ['idle']),
        own_lock: 'gil',
        absent: {idle: 'it has no tasks', processes: 'it cannot fork'},
    };
    const names = {modes: catalog.modes.map(({name}) => name), locks: catalog.locks.map(({name}) => name)};

    catalog.runtimes = [
        {...c, status: 'ready', ...names, experiments: entries, absent: {}},
        snake,
        {runtime: 'slow', status: 'starting'},
        {runtime: 'bad', status: 'broken', reason: 'it says nothing'},
    ];
    catalog.parameters.find(({name}) => name === 'runtime').choices = [c.runtime, 'snake'];
    const lock = catalog.parameters.find(({name}) => name === 'lock');

    lock.choices = [...new Set([...lock.choices, 'own'])];
    catalog.runtimes[0].own_lock = 'gil';
    await page.route('**/experiments', (route) => route.fulfill({json: catalog}));
    await page.reload();
    await chooseExperiment(page, 'countdown');
    // Choices are explained when the question before the run is out of the way.
    await page.getByRole('button', {name: 'Skip', exact: true}).click();
    return c.runtime;
}

const box = (page, name, value) => page.locator(`input[name=${name}][value="${value}"]`);
const besides = async (page, name, value) =>
    (await box(page, name, value).locator('xpath=..').innerText()).replaceAll(/\s+/g, ' ');

export async function choices_are_those_of_the_runtimes_that_are_ticked({page, base}) {
    const first = await serveRuntimes(page, base);
    const kernel = page.locator('#field-kernel');
    const offered = () => kernel.locator('option').allTextContents();

    await chooseExperiment(page, 'crunch');
    await kernel.selectOption('blur');
    await tick(page, 'runtime', ['snake']);
    assert.deepEqual(await offered(), ['sha256']);
    assert.doesNotMatch(page.url(), /kernel/, 'what is not there is not sent');
    // They have none in common, so each takes its own.
    await tick(page, 'runtime', [first, 'snake']);
    assert.deepEqual(await offered(), ['']);
    await page.reload();
    await kernel.waitFor();
    assert.deepEqual(await offered(), ['']);
    await tick(page, 'runtime', [first]);
    assert.deepEqual(await offered(), ['matmul', 'blur']);
}

export async function what_a_runtime_lacks_cannot_be_ticked({page, base}) {
    await serveRuntimes(page, base);
    assert.equal(await box(page, 'mode', 'processes').isDisabled(), false);
    await tick(page, 'runtime', ['snake']);
    assert.equal(await box(page, 'mode', 'processes').isDisabled(), true);
    assert.match(await besides(page, 'mode', 'processes'), /It cannot fork/);
    assert.equal(await box(page, 'lock', 'none').isDisabled(), true);
    assert.equal(await box(page, 'lock', 'gil').isDisabled(), false);
    assert.equal(await box(page, 'experiment', 'idle').isDisabled(), true);
    assert.match(await page.locator('#hint-n').textContent(), /to 1234\b/);
}

export async function what_only_some_lack_says_which({page, base}) {
    const first = await serveRuntimes(page, base);

    await tick(page, 'runtime', [first, 'snake']);
    assert.equal(await box(page, 'mode', 'processes').isDisabled(), false);
    assert.match(await besides(page, 'mode', 'processes'), /not in snake: it cannot fork/);
    assert.equal(await box(page, 'experiment', 'idle').isDisabled(), false);
    await chooseExperiment(page, 'idle');
    assert.match(await page.locator('#hint-experiment').textContent(), /Not in snake: it has no tasks\./);
    await chooseExperiment(page, 'countdown');
    assert.match(await page.locator('#hint-n').textContent(), /snake: \d+ to 1234\b/);
}

export async function a_lock_without_a_reason_says_who_has_it(at) {
    const first = await serveRuntimes(at.page, at.base);

    await tick(at.page, 'runtime', ['snake']);
    assert.match(await besides(at.page, 'lock', 'none'), new RegExp(`Only in ${first}\\.`));
    await tick(at.page, 'runtime', [first, 'snake']);
    assert.match(await besides(at.page, 'lock', 'none'), /; not in snake\.$/);
}

// What is ticked is what a request without a lock gets, and any other lock is sent, also the usual one of the server.
export async function several_runtimes_have_their_own_locks({page, base}) {
    const first = await serveRuntimes(page, base);
    const ticked = () => page.locator('input[name=lock]:checked').evaluateAll((all) => all.map(({value}) => value));

    await tick(page, 'runtime', [first, 'snake']);
    assert.deepEqual(await ticked(), ['own']);
    assert.match(await page.locator('#hint-lock').textContent(), /Default own\./i);
    assert.doesNotMatch(page.url(), /lock=/);
    await tick(page, 'lock', ['gil']);
    assert.match(page.url(), /lock=gil/);
    await tick(page, 'lock', ['own']);
    assert.doesNotMatch(page.url(), /lock=/);
}

// The box that was ticked keeps the focus, although the form is made anew.
export async function ticking_a_runtime_keeps_the_focus({page, base}) {
    await serveRuntimes(page, base);
    await box(page, 'runtime', 'snake').focus();
    await page.keyboard.press('Space');
    assert.equal(await box(page, 'runtime', 'snake').isChecked(), true);
    assert.equal(await page.evaluate(() => document.activeElement.value), 'snake');
}

export async function runtimes_that_cannot_be_used_say_why({page, base}) {
    await serveRuntimes(page, base);
    assert.match(await besides(page, 'missing-runtime', 'slow'), /Starting\./);
    assert.match(await besides(page, 'missing-runtime', 'bad'), /Broken: it says nothing\./);
    assert.equal(await box(page, 'missing-runtime', 'bad').isDisabled(), true);
    assert.match(await page.locator('#machine').textContent(), /Bad is broken: it says nothing\./);
}
