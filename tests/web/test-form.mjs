// The form: made of the catalog, kept in the address, refused in the server's words.
import assert from 'node:assert/strict';
import {awaitRun, chooseExperiment, field, pressRun, tick} from './steps.mjs';

export async function every_parameter_of_the_catalog_has_a_field({page, base}) {
    const catalog = await (await fetch(`${base}/experiments`)).json();
    const elsewhere = [
        'format',
        'client',
        'fresh',
        'question',
        'prediction',
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
    assert.match(page.url(), /#lab\/fetch\?mode=serial,threads&lock=none,gil-py2&tasks=1,3&repeat=4$/);
    await page.goBack();
    assert.match(page.url(), /#lab\/countdown\?/);
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

export async function what_follows_from_another_field_is_not_asked_for({page}) {
    await field(page, 'tasks').fill('7');
    await chooseExperiment(page, 'convoy');
    assert.equal(await field(page, 'tasks').count(), 0);
    await page.getByText('More of convoy').click();
    await field(page, 'duration_ms').fill('20');
    await field(page, 'hogs').fill('2');
    await page.getByText('More: repetitions').click();
    await field(page, 'repeat').fill('1');
    const {status, body} = await pressRun(page);

    assert.equal(status, 202);
    assert.equal(body.cells[0].tasks, 3);
}

export async function every_bad_parameter_is_marked_in_the_servers_words({page}) {
    await chooseExperiment(page, 'countdown');
    await field(page, 'tasks').fill('0');
    await field(page, 'n').fill('lots');
    await page.getByText('More: repetitions').click();
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

export async function every_parameter_has_a_name_in_plain_words({page}) {
    const names = await page.evaluate(async () => {
        const [{labelOf}, {fieldTitle}, {loadCatalog}] = await Promise.all(
            ['labels', 'format', 'catalog'].map((name) => import(`/core/${name}.js`)),
        );
        const {experiments, locks} = await loadCatalog();

        return [...experiments, ...locks].flatMap((of) =>
            (of.parameters ?? []).map((one) => ({name: `${of.name} ${one.name}`, label: labelOf(one).label, own: fieldTitle(one.name)})),
        );
    });

    assert.ok(names.length > 20);
    for (const {name, label, own} of names) {
        assert.notEqual(label.toLowerCase(), own, name);
        assert.doesNotMatch(label, /_/, name);
    }
}
