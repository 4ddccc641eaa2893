// Who somebody is on a server of many: the client, its secret and its token.
import assert from 'node:assert/strict';
import {link, QUICK} from './neighbour.mjs';
import {awaitRun, field} from './steps.mjs';

const click = (page, name) => page.getByRole('button', {name, exact: true}).click();

export async function a_browser_is_the_same_client_at_each_visit({page}) {
    const cookie = async () => (await page.context().cookies()).find(({name}) => name === 'gilscope_client');
    const first = await cookie();

    assert.match(first.value, /^[0-9a-f]{32}$/);
    assert.equal(first.sameSite, 'Strict');
    assert.equal(first.path, '/');
    assert.ok(first.expires > Date.now() / 1000 + 300 * 24 * 3600);
    await page.reload();
    await field(page, 'tasks').waitFor();
    assert.equal((await cookie()).value, first.value);
}

// It proves which runs are this browser's, so no script may read it, and it stays the same at each visit.
export async function a_browser_gets_a_secret_with_the_page({page}) {
    const cookie = async () => (await page.context().cookies()).find(({name}) => name === 'gilscope_owner');
    const first = await cookie();

    assert.match(first.value, /^[0-9a-f]{32}$/);
    assert.equal(first.httpOnly, true);
    assert.equal(first.sameSite, 'Lax');
    await page.reload();
    await field(page, 'tasks').waitFor();
    assert.equal((await cookie()).value, first.value);
}

export async function a_server_that_wants_a_token_gets_it({open, serve}) {
    const base = await serve(['server.token=correct-horse']);
    const {page, axe} = await open(link({...QUICK, timeline: 'on'}), {base});
    const dialog = page.getByRole('dialog');

    await click(page, 'Run');
    await dialog.getByText('This needs a token').waitFor();
    assert.equal(await dialog.locator('input').evaluate((node) => node === document.activeElement), true);
    assert.equal(await dialog.locator('input').getAttribute('type'), 'password');
    assert.deepEqual(await axe(), []);
    await page.keyboard.type('wrong-horse');
    await page.keyboard.press('Enter');
    await dialog.getByText("is not one of this server's").waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('alert').filter({hasText: 'Wrong token'}).waitFor();
    await click(page, 'Run');
    await dialog.waitFor();
    const run = await awaitRun(page, async () => {
        await page.keyboard.type('correct-horse');
        await page.keyboard.press('Enter');
    });

    assert.equal(run.status, 202);
    await page.locator('#result table').first().waitFor();
    await page.goto(`${base}/#runs`);
    await page.reload();
    await page.locator('.panel tbody tr').first().waitFor();
}
