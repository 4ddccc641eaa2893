// For everyone: by keyboard alone, on a phone, in light and dark, under a strict policy.
import assert from 'node:assert/strict';
import {awaitRun, chooseExperiment, countColours, field, overflow, pressRun} from './steps.mjs';

export async function the_keyboard_alone_is_enough({page}) {
    const focused = () =>
        page.evaluate(() => {
            const node = document.activeElement;
            const ring = getComputedStyle(node.closest('.chip') ?? node);

            return {
                name: node.getAttribute('name') ?? node.textContent,
                ring: ring.outlineStyle !== 'none' && ring.outlineWidth !== '0px',
            };
        });
    const tabTo = async (name) => {
        for (let i = 0; i < 80; i++) {
            await page.keyboard.press('Tab');
            const {name: reached, ring} = await focused();

            assert.equal(ring, true, `the focus is visible on ${reached}`);
            if (reached === name) return;
        }
        assert.fail(`Tab never reached ${name}`);
    };

    await tabTo('experiment');
    await page.keyboard.press('ArrowRight');
    assert.equal((await focused()).name, 'experiment');
    await page.keyboard.press('ArrowLeft');
    await tabTo('mode');
    await tabTo('tasks');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('1');
    await tabTo('n');
    await page.keyboard.type('1e5');
    const byEnter = await awaitRun(page, () => page.keyboard.press('Enter'));

    assert.deepEqual(byEnter.sent, {tasks: '1', n: '1e5'});
    await tabTo('Run');
    const byButton = await awaitRun(page, () => page.keyboard.press('Space'));

    assert.equal(byButton.status, 202);
    await tabTo('Memory');
    await page.keyboard.press('Enter');
    await page.getByRole('region', {name: 'Memory of each cell'}).waitFor();
}

export async function a_phone_needs_no_sideways_scrolling({open}) {
    const {page} = await open('#run/countdown?lock=none,gil-py2&n=1e5', {width: 360, height: 740});

    assert.ok((await overflow(page)) <= 0);
    await pressRun(page);
    assert.ok((await overflow(page)) <= 0);
    assert.ok(
        await page.locator('#result').evaluate((node) => node.getBoundingClientRect().top < innerHeight / 2),
    );
    for (const fold of await page.locator('details').all())
        await fold.evaluate((node) => {
            node.open = true;
        });
    assert.ok((await overflow(page)) <= 0);
    await field(page, 'tasks').fill('0');
    await pressRun(page);
    assert.ok((await overflow(page)) <= 0);
}

async function noViolations({open}, view) {
    const {page, axe} = await open('#run/countdown?n=1e5&lock=none,gil', view);

    assert.deepEqual(await axe(), []);
    await pressRun(page);
    for (const fold of await page.locator('details').all())
        await fold.evaluate((node) => {
            node.open = true;
        });
    assert.ok((await countColours(page)) > 20);
    assert.deepEqual(await axe(), []);
    await field(page, 'tasks').fill('0');
    await field(page, 'seed').fill('-');
    await pressRun(page);
    assert.deepEqual(await axe(), []);
}

export const axe_finds_nothing_in_light = (lab) => noViolations(lab, {width: 1400});
export const axe_finds_nothing_in_dark = (lab) => noViolations(lab, {width: 1400, dark: true});
export const axe_finds_nothing_on_a_phone = (lab) => noViolations(lab, {width: 360, height: 740});

export async function the_policy_allows_nothing_inline({page, base}) {
    const policy = (await fetch(base)).headers.get('content-security-policy') ?? '';

    assert.match(policy, /default-src 'self'/);
    assert.doesNotMatch(policy, /unsafe/);
    assert.equal(await page.locator('[style]:not(.chart):not(canvas), style, script:not([src])').count(), 0);
}

export async function status_is_announced({page}) {
    await chooseExperiment(page, 'countdown');
    await field(page, 'n').fill('1e5');
    await pressRun(page);
    assert.match(await page.locator('.status [role=status]').textContent(), /^Done: 3 of 3 cells/);
}
