// The page knows no mode and no lock by name: whatever the catalog has gets a colour and a pattern.
import assert from 'node:assert/strict';
import {until} from './lab.mjs';
import {field, pressRun, tick} from './steps.mjs';

// Opens the page anew on a server whose catalog is another.
async function openWithCatalog(page, base, change) {
    await page.route('**/experiments', async (route) => {
        const catalog = await (await route.fetch()).json();

        change(catalog);
        await route.fulfill({json: catalog});
    });
    await page.goto('about:blank');
    await page.goto(`${base}/#lab/countdown`);
    await field(page, 'lock').waitFor();
}

const choicesOf = (catalog, parameter) => catalog.parameters.find(({name}) => name === parameter).choices;

// A lock that no page has heard of.
function addUnheardLock(catalog) {
    catalog.locks.push({...catalog.locks[0], name: 'unheard', title: 'the unheard lock', summary: 'a new one'});
    choicesOf(catalog, 'lock').push('unheard');
}

// Every pixel of a sign that is painted, as one text.
const pixels = (signs) =>
    signs.evaluateAll((nodes) =>
        nodes.map((node) => {
            const copy = new OffscreenCanvas(node.width, node.height);
            const pen = copy.getContext('2d', {willReadFrequently: true});

            pen.drawImage(node, 0, 0);
            return pen.getImageData(0, 0, node.width, node.height).data.join(',');
        }),
    );

export async function every_mode_and_lock_has_a_sign_of_its_own({page, base}) {
    await openWithCatalog(page, base, addUnheardLock);
    for (const family of ['mode', 'lock']) {
        const signs = page.locator(`#field-${family} canvas.sign`);
        const choices = await page
            .locator(`#field-${family} input`)
            .evaluateAll((boxes) => boxes.map(({value}) => value));
        // Whichever lock a runtime has is none with a sign.
        const names = choices.filter((name) => name !== 'own');
        const painted = await pixels(signs);

        assert.deepEqual(await signs.evaluateAll((nodes) => nodes.map(({dataset}) => dataset.name)), names);
        assert.equal(new Set(painted).size, names.length);
        assert.ok(family === 'mode' || names.includes('unheard'));
        // The first has a plain one; any other has a pattern, so that it is known in grey too.
        painted.slice(1).forEach((text, i) => {
            const red = text.split(',').filter((_, at) => at % 4 === 0);

            assert.ok(new Set(red).size > 1, `${names[i + 1]} has no pattern`);
        });
    }
}

// Bars of one mode have the signs of their locks, also of one that the page never heard of.
export async function a_new_lock_is_on_the_chart_and_in_the_table({page, base}) {
    await openWithCatalog(page, base, addUnheardLock);
    await tick(page, 'mode', ['threads']);
    await tick(page, 'lock', ['none', 'gil']);
    await field(page, 'n').fill('1e5');
    const {body} = await pressRun(page);
    const renamed = JSON.parse(JSON.stringify(body).replaceAll('lock none', 'lock unheard'));

    renamed.cells[0].lock = 'unheard';
    await page.route('**/runs/*', (route) => route.fulfill({json: renamed}));
    await page.reload();
    await page.locator('#result td', {hasText: 'unheard'}).first().waitFor();
    assert.match(await page.locator('#result canvas[role=img]').last().getAttribute('aria-label'), /lock unheard \d/);
    const [mine, theirs] = await pixels(page.locator('#result td canvas.sign[data-family=lock]'));

    assert.notEqual(mine, theirs);
    const rows = await page.evaluate(async (cells) => (await import('./charts/bars.js')).barRows(cells), renamed.cells);

    assert.deepEqual(
        rows.map(({sign}) => sign),
        ['unheard', 'gil'].map((name) => ({family: 'lock', name})),
    );
}

// Twenty of a family: no two look alike, whatever the number of colours.
export async function signs_do_not_run_out({page}) {
    const painted = await page.evaluate(async () => {
        const {learnSigns, signNode} = await import('./core/signs.js');
        const names = Array.from({length: 20}, (_, i) => `lock-${i}`);

        learnSigns({modes: [], locks: names.map((name) => ({name}))});
        return [...names, 'gone'].map((name) => signNode('lock', name).toDataURL());
    });

    assert.equal(new Set(painted).size, painted.length);
}

export async function signs_follow_light_and_dark({page}) {
    const signs = page.locator('#field-lock canvas.sign');
    const before = await pixels(signs);

    const old = async () => (await pixels(signs)).flatMap((now, i) => (now === before[i] ? [i] : []));

    await page.emulateMedia({colorScheme: 'dark'});
    await until(async () => `signs ${await old()} stay as they were`, 30, async () => (await old()).length === 0);
}
