// Every view and dialog as axe sees it: on a phone, a laptop and a projector, in light and dark. What is seen after a
// run, a refusal or a click is looked at, too, as that is where things are added by hand.
import assert from 'node:assert/strict';
import {until} from './lab.mjs';
import {overflow, pressRun} from './steps.mjs';

const WIDTHS = [360, 1280, 1920];
const LOOKS = WIDTHS.flatMap((width) => [false, true].map((dark) => ({width, height: width < 600 ? 740 : 900, dark})));
const QUICK = {mode: 'serial,threads', n: '1e5', repeat: '5', warmup: '0', timeline: 'on'};

async function runNow(base, experiment, values) {
    const answer = await fetch(`${base}/run/${experiment}`, {
        method: 'POST',
        headers: {'Content-Type': 'application/json'},
        body: JSON.stringify(values),
    });

    return answer.json();
}

// In every look nothing is wrong with the page as it stands, and nothing of it is cut off at the side.
async function assertFine({page, axe}, what) {
    for (const {width, height, dark} of LOOKS) {
        const where = `${what}, ${width} px, ${dark ? 'dark' : 'light'}`;

        await page.setViewportSize({width, height});
        await page.emulateMedia({colorScheme: dark ? 'dark' : 'light'});
        await page.waitForTimeout(300); // charts are drawn again when the window has come to rest
        assert.deepEqual(await axe(), [], where);
        await until(() => `${where}: it is wider than the window`, 10, async () => (await overflow(page)) <= 0);
    }
}

async function openFolds(page) {
    for (const fold of await page.locator('#view details').all())
        await fold.evaluate((node) => {
            node.open = true;
        });
}

export async function the_story({open}) {
    const view = await open('#story');

    await assertFine(view, 'story');
    await view.page.locator('.prediction input').first().check();
    await view.page.getByRole('button', {name: 'Run', exact: true}).click();
    await view.page.locator('.try .result h3').first().waitFor({timeout: 60000});
    await openFolds(view.page);
    await assertFine(view, 'story after a run');
}

export async function the_lab_before_a_run({open}) {
    const view = await open('#lab/countdown');

    await openFolds(view.page);
    await assertFine(view, 'lab');
}

export async function the_lab_after_a_run_and_a_refusal({open}) {
    const view = await open('#lab/countdown?n=1e5&lock=none,gil&repeat=5');

    await pressRun(view.page);
    await openFolds(view.page);
    await assertFine(view, 'lab after a run');
    await view.page.locator('#field-tasks').fill('0');
    await pressRun(view.page);
    await assertFine(view, 'lab after a refusal');
}

export async function a_sweep_in_the_lab({open}) {
    const view = await open('#lab/countdown?n=1e5&tasks=1,2,3,4&repeat=5');

    await pressRun(view.page);
    await assertFine(view, 'lab after a sweep');
}

export async function a_timeline({open, base}) {
    const run = await runNow(base, 'countdown', QUICK);
    const view = await open(`#timeline/${run.id}`);

    await openFolds(view.page);
    await assertFine(view, 'timeline');
}

export async function runs_and_a_comparison({open, base}) {
    const [one, two] = [await runNow(base, 'countdown', QUICK), await runNow(base, 'countdown', {...QUICK, tasks: '3,2'})];
    const runs = await open('#runs');

    await runs.page.locator('#view table').first().waitFor();
    await assertFine(runs, 'runs');
    const comparison = await open(`#compare/${one.id}/${two.id}`);

    await comparison.page.locator('#comparison table').first().waitFor();
    await openFolds(comparison.page);
    await assertFine(comparison, 'comparison');
}

// Before anything is begun, and with something to do next, a run and a prediction: for a pupil and for who leads.
export async function the_class({open, serve}) {
    const token = 'correct-horse-battery';
    const base = await serve([`server.instructor_token=${token}`]);
    const pupil = await open('#class', {base});

    await assertFine(pupil, 'class, before it begins');
    const answer = await fetch(`${base}/class`, {
        method: 'POST',
        headers: {'Content-Type': 'application/json', Authorization: `Bearer ${token}`},
        body: JSON.stringify({
            action: 'next',
            title: 'Two threads',
            experiment: 'countdown',
            request: {mode: 'serial,threads', n: '1e6'},
            question: 'countdown',
        }),
    });

    assert.equal(answer.status, 200);
    await runNow(base, 'countdown', {...QUICK, label: 'Ada', prediction: 'same'});
    await pupil.page.locator('#view').getByText('Ada').first().waitFor();
    await assertFine(pupil, 'class, for a pupil');
    const leader = await open('#class', {base});

    await leader.page.evaluate((text) => sessionStorage.setItem('gilscope-token', text), token);
    await leader.page.reload();
    await leader.page.locator('#view').getByText('Ada').first().waitFor();
    await openFolds(leader.page);
    await assertFine(leader, 'class, for who leads');
}

export async function what_opens_beside_a_word({open}) {
    const view = await open('#lab/countdown');

    await view.page.locator('#form button.term').first().click();
    await view.page.locator('.explained').waitFor();
    await assertFine(view, 'a word');
}

export async function the_glossary({open}) {
    const view = await open('#story');

    await view.page.getByRole('button', {name: 'Glossary', exact: true}).click();
    await assertFine(view, 'glossary');
}

export async function a_projector_and_its_keys({open}) {
    const view = await open('?present=1#story');

    await assertFine(view, 'story on a projector');
    await view.page.keyboard.press('?');
    await view.page.getByRole('dialog').waitFor();
    await assertFine(view, 'keys');
}

export async function the_field_for_a_token({open, serve}) {
    const view = await open('#runs', {base: await serve(['server.token=correct-horse-battery'])});

    await view.page.getByRole('dialog').waitFor();
    await assertFine(view, 'token');
}
