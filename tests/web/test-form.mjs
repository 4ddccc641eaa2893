// The form: made of the catalog, kept in the address, refused in the server's words.
import assert from 'node:assert/strict';
import {awaitRun, chooseExperiment, field, pressRun, tick} from './steps.mjs';

export async function every_parameter_of_the_catalog_has_a_field({page, base}) {
    const catalog = await (await fetch(`${base}/experiments`)).json();
    const elsewhere = [
        'format',
        'client',
        'fresh',
        ...catalog.parameters.filter((p) => p.list && p.choices?.length === 1).map((p) => p.name),
    ];

    for (const experiment of catalog.experiments) {
        await chooseExperiment(page, experiment.name);
        for (const parameter of [...catalog.parameters, ...experiment.parameters]) {
            if (elsewhere.includes(parameter.name) && !experiment.parameters.includes(parameter)) continue;
            if (parameter.name === 'tasks' && experiment.tasks) continue;
            assert.equal(
                (await page.locator(`[name="${parameter.name}"]`).count()) > 0,
                true,
                parameter.name,
            );
            assert.notEqual(await page.locator(`#hint-${parameter.name}`).textContent(), '', parameter.name);
        }
        assert.equal(
            await page.locator('[name=client]').count(),
            experiment.parameters.filter(({name}) => name === 'client').length,
            `client of ${experiment.name}`,
        );
        assert.equal(await page.locator('[name=fresh]').count(), 0);
    }
}

export async function defaults_are_shown_and_not_sent({page, base}) {
    const catalog = await (await fetch(`${base}/experiments`)).json();
    const tasks = catalog.parameters.find((parameter) => parameter.name === 'tasks');

    assert.equal(await field(page, 'tasks').inputValue(), tasks.default.join(','));
    await chooseExperiment(page, 'countdown');
    await field(page, 'n').fill('1e5');
    const {sent, status} = await pressRun(page);

    assert.equal(status, 202);
    assert.deepEqual(sent, {n: '1e5'});
}

export async function a_link_reproduces_the_form({page, base}) {
    await page.goto('about:blank');
    await page.goto(
        `${base}/#run/countdown?mode=serial,threads&lock=none,gil-py2&tasks=1,3&repeat=4&await_every=7`,
    );
    await field(page, 'await_every').waitFor();
    const ticked = (name) =>
        page.locator(`input[name=${name}]:checked`).evaluateAll((boxes) => boxes.map((box) => box.value));

    assert.deepEqual(await ticked('mode'), ['serial', 'threads']);
    assert.deepEqual(await ticked('lock'), ['none', 'gil-py2']);
    assert.equal(await field(page, 'tasks').inputValue(), '1,3');
    assert.equal(await field(page, 'await_every').inputValue(), '7');
    assert.equal(await field(page, 'repeat').inputValue(), '4');
    assert.equal(await field(page, 'repeat').isVisible(), true);
    await chooseExperiment(page, 'fetch');
    assert.match(page.url(), /#run\/fetch\?mode=serial,threads&lock=none,gil-py2&tasks=1,3&repeat=4$/);
    await page.goBack();
    assert.match(page.url(), /#run\/countdown\?/);
    assert.equal(await page.getByRole('radio', {name: 'countdown'}).isChecked(), true);
}

export async function an_old_link_says_what_is_not_there({page, base}) {
    await page.goto('about:blank');
    await page.goto(`${base}/#run/fetch?mode=asyncio,bogus&colour=red`);
    const note = page.locator('.note');

    await note.waitFor();
    assert.match(await note.textContent(), /colour/);
    assert.match(await note.textContent(), /bogus/);
    assert.equal(await page.locator('input[name=mode][value=epoll]').isChecked(), true);
}

export async function a_question_fills_in_the_form({page}) {
    await page.getByRole('link', {name: 'And if the work is waiting?'}).click();
    assert.equal(await page.getByRole('radio', {name: 'fetch'}).isChecked(), true);
    assert.equal(await field(page, 'tasks').inputValue(), '5');
}

// Whatever makes a run of an experiment long, made short.
function quickly(catalog, link) {
    const [path, query] = link.split('?');
    const experiment = catalog.experiments.find(({name}) => path === `run/${name}`);
    const quick = new URLSearchParams(query);

    for (const {name, min, sized} of experiment.parameters) {
        if (sized) quick.set(name, Math.max(1, min ?? 1));
        if (['delay_ms', 'duration_ms'].includes(name)) quick.set(name, '20');
        // A thousand threads under a lock take their time where other programs want the CPUs, too.
        if (name === 'request_timeout_ms') quick.set(name, '60000');
    }
    quick.set('warmup', '0');
    if (!quick.has('repeat')) quick.set('repeat', '1');
    return `${path}?${quick}`;
}

export async function a_question_of_each_experiment_is_there({page, base}) {
    const catalog = await (await fetch(`${base}/experiments`)).json();

    for (const {name} of catalog.experiments)
        assert.ok((await page.locator(`#lessons a[href^="#run/${name}"]`).count()) > 0, name);
}

export async function what_follows_from_another_field_is_not_asked_for({page}) {
    await field(page, 'tasks').fill('7');
    await chooseExperiment(page, 'convoy');
    assert.equal(await field(page, 'tasks').count(), 0);
    await field(page, 'duration_ms').fill('20');
    await field(page, 'hogs').fill('2');
    await page.getByText('More: repetitions').click();
    await field(page, 'repeat').fill('1');
    const {status, body} = await pressRun(page);

    assert.equal(status, 202);
    assert.equal(body.cells[0].tasks, 3);
}

export async function every_question_is_one_that_the_server_takes({page, base}) {
    const catalog = await (await fetch(`${base}/experiments`)).json();
    const links = await page
        .locator('#lessons a')
        .evaluateAll((nodes) => nodes.map((node) => node.hash.slice(1)));

    assert.ok(links.length >= 6);
    for (const link of links) {
        const answer = await fetch(`${base}/${quickly(catalog, link)}`);

        assert.equal(answer.status, 200, `${link}: ${await answer.text()}`);
    }
}

export async function every_bad_parameter_is_marked_in_the_servers_words({page}) {
    await chooseExperiment(page, 'countdown');
    await field(page, 'tasks').fill('0');
    await field(page, 'n').fill('lots');
    await field(page, 'cpus').fill('none');
    await page.locator('details:has(#field-repeat)').evaluate((fold) => {
        fold.open = false;
    });
    await page.locator('#field-repeat').evaluate((input) => {
        input.value = '1e9';
        input.dispatchEvent(new Event('input'));
    });
    const {status, body} = await pressRun(page);
    const box = page.getByRole('alert');

    assert.equal(status, 400);
    assert.deepEqual(
        new Set(body.errors.map((error) => error.param)),
        new Set(['tasks', 'n', 'cpus', 'repeat']),
    );
    assert.equal(await box.evaluate((node) => node === document.activeElement), true);
    for (const {param, reason} of body.errors) {
        const bad = page.locator(`[name=${param}]`).first();
        const described = (await bad.getAttribute('aria-describedby')).split(' ');

        assert.ok(!(await box.textContent()).includes(reason), reason);
        assert.equal(await bad.getAttribute('aria-invalid'), 'true', param);
        assert.ok(described.includes(`error-${param}`), param);
        assert.ok((await page.locator(`#error-${param}`).textContent()).includes(reason), param);
        assert.equal(await page.locator(`#error-${param}`).isVisible(), true, param);
    }
    assert.match(await box.textContent(), /4 fields to mend: /);
    await box.getByRole('button', {name: 'tasks'}).click();
    assert.equal(await field(page, 'tasks').evaluate((node) => node === document.activeElement), true);
    await field(page, 'tasks').fill('1');
    await field(page, 'cpus').fill('');
    await field(page, 'n').fill('1e5');
    await field(page, 'repeat').fill('1');
    await tick(page, 'mode', ['serial']);
    assert.equal((await awaitRun(page, () => field(page, 'tasks').press('Enter'))).status, 202);
    assert.equal(await page.locator('[aria-invalid]').count(), 0);
    assert.equal(await page.getByRole('alert').count(), 0);
}

// The count and a refusal cannot disagree: nothing is counted, and nothing sent.
export async function a_form_with_nothing_ticked_says_so_and_sends_nothing({page}) {
    const size = page.locator('.actions .hint').first();
    let posts = 0;

    page.on('request', (request) => {
        posts += request.url().includes('/run/') ? 1 : 0;
    });
    await chooseExperiment(page, 'countdown');
    await tick(page, 'mode', []);
    assert.equal(await size.textContent(), 'mode: tick at least one');
    await page.getByRole('button', {name: 'Run', exact: true}).click();
    assert.equal(await page.locator('#error-mode').textContent(), 'mode: tick at least one');
    assert.equal(
        await page.locator('[name=mode]').first().evaluate((node) => node === document.activeElement),
        true,
    );
    assert.equal(posts, 0);
    await tick(page, 'mode', ['serial']);
    await field(page, 'n').fill('1e5');
    assert.match(await size.textContent(), /^1 cell, /);
    assert.equal((await pressRun(page)).status, 202);
    assert.equal(await page.locator('#error-mode').isVisible(), false);
}
