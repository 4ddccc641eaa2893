// The frame around all views: where the focus goes, words that are explained, and what a reader without a mouse does.
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';

const focused = (page) => page.evaluate(() => document.activeElement.textContent.trim());
const isOpen = (page, view) => page.locator(`#view[data-view=${view}]`).waitFor();

export async function the_first_stop_of_a_keyboard_skips_to_the_content({open}) {
    const {page} = await open('#runs');

    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'Skip to the content');
    await page.keyboard.press('Enter');
    const inView = await page.evaluate(() => document.activeElement.closest('#view') !== null);

    assert.equal(inView, true);
    assert.equal(new URL(page.url()).hash, '#runs');
}

export async function a_view_that_is_opened_has_the_focus_and_its_link_says_so({open}) {
    const {page} = await open('#story');

    assert.equal(await page.evaluate(() => document.activeElement === document.body), true);
    for (const [name, view] of [['Runs', 'history'], ['Class', 'room'], ['Story', 'story'], ['Lab', 'lab']]) {
        await page.getByRole('link', {name, exact: true}).click();
        await isOpen(page, view);
        await page.waitForFunction(() => document.activeElement.closest('#view'));
        assert.equal(await page.locator('nav [aria-current=page]').textContent(), name);
    }
    await page.goBack();
    await isOpen(page, 'story');
}

// The rules of a view hold while it is open.
export async function a_view_does_not_lean_on_the_rules_of_another({open}) {
    const {page} = await open('#lab');
    const active = () =>
        page.evaluate(() =>
            [...document.querySelectorAll('link[data-view]')]
                .filter(({sheet}) => !sheet.disabled)
                .map(({dataset}) => dataset.view),
        );

    assert.deepEqual(await active(), ['lab']);
    await page.getByRole('link', {name: 'Runs', exact: true}).click();
    await isOpen(page, 'history');
    assert.deepEqual(await active(), ['history']);
    await page.goBack();
    await isOpen(page, 'lab');
    assert.deepEqual(await active(), ['lab']);
}

// Who leaves a view before it has come, or while it waits, is somewhere else by the time it has something to write there.
export async function a_view_that_was_left_leaves_the_address_alone({open}) {
    const {page} = await open('#class?from=%23lab');
    const hash = await page.evaluate(async () => {
        const {push, replace} = await import('./core/router.js');

        replace('#lab/countdown?n=5');
        push('#runs');
        return location.hash;
    });

    assert.equal(hash, '#class?from=%23lab');
}

export async function a_problem_is_gone_in_the_next_view({open}) {
    const {page} = await open('#lab/nosuch');

    await page.locator('#problem .note').waitFor();
    await page.getByRole('link', {name: 'Runs', exact: true}).click();
    await isOpen(page, 'history');
    assert.equal(await page.locator('#problem').textContent(), '');
}

export async function a_word_is_explained_beside_it({open}) {
    const {page, axe} = await open('#lab/countdown', {width: 360, height: 740});
    const word = page.locator('#form button.term').first();
    const panel = page.locator('.explained');

    await word.focus();
    await page.keyboard.press('Enter');
    await panel.waitFor();
    assert.equal(await word.getAttribute('aria-expanded'), 'true');
    assert.deepEqual(await axe(), []);
    const [at, box] = [await word.boundingBox(), await panel.boundingBox()];

    assert.ok(box.x >= 0 && box.x + box.width <= 360, 'it is inside the window');
    assert.ok(box.y >= at.y + at.height - 1 || box.y + box.height <= at.y + 1, 'and does not cover the word');
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'All words');
    await page.keyboard.press('Escape');
    await panel.waitFor({state: 'detached'});
    assert.equal(await word.evaluate((node) => node === document.activeElement), true);

    await word.click();
    await panel.waitFor();
    await word.click();
    await panel.waitFor({state: 'detached'});
    assert.equal(await word.getAttribute('aria-expanded'), null);
}

export async function all_words_are_in_a_list({page, axe}) {
    const button = page.getByRole('button', {name: 'Glossary', exact: true});

    await button.click();
    const dialog = page.getByRole('dialog', {name: 'The words of this page'});
    const words = await dialog.locator('dt').allTextContents();

    assert.deepEqual(words, [...words].sort((a, b) => a.localeCompare(b, 'en')));
    for (const word of ['GIL', 'thread', 'process', 'event loop', 'hand-over', 'false wake-up', 'cell'])
        assert.ok(words.includes(word), word);
    await page.keyboard.press('Escape');
    await dialog.waitFor({state: 'detached'});
    assert.equal(await button.evaluate((node) => node === document.activeElement), true);
}

// A word that the table does not have would be plain text, and nobody would notice.
export async function every_word_that_the_page_asks_for_is_in_the_table({page}) {
    const folder = new URL('../../static/', import.meta.url);
    const files = (await fs.readdir(folder, {recursive: true})).filter((name) => name.endsWith('.js'));
    const texts = await Promise.all(files.map((name) => fs.readFile(new URL(name, folder), 'utf8')));
    const asked = texts.flatMap((text) => [...text.matchAll(/\bterm\('([^']+)'/g)].map(([, word]) => word));
    const unknown = await page.evaluate(
        async (words) => {
            const {isTerm} = await import('./core/glossary.js');

            return words.filter((word) => !isTerm(word));
        },
        [...new Set(asked)],
    );

    assert.ok(asked.length > 0);
    assert.deepEqual(unknown, []);
}

export async function a_text_explains_each_word_once({page}) {
    const said = await page.evaluate(async () => {
        const {explained} = await import('./core/glossary.js');
        const parts = (text) => explained(text).map((node) => (typeof node === 'string' ? node : `[${node.textContent}]`));

        return [
            parts('Threads of a thread under the GIL.').join(''),
            parts('A switch interval, not a multithreading.').join(''),
            parts('Nothing here').join(''),
        ];
    });

    assert.deepEqual(said, ['[Threads] of a thread under the [GIL].', 'A [switch interval], not a multithreading.', 'Nothing here']);
}

// The banner comes without anybody's doing, and goes when the server is back.
export async function a_server_that_is_away_is_said_until_it_is_back({open, serve, restart}) {
    const base = await serve();
    const {page, axe} = await open('#lab/countdown', {base});
    const banner = page.locator('#alive', {hasText: 'Is it running?'});

    await restart(base, async () => {
        await page.evaluate(async () => (await import('./core/alive.js')).missed());
        await banner.waitFor();
        assert.match(await banner.textContent(), /scripts\/run\.sh/);
        // There is no server from which style sheets could be read once more.
        assert.deepEqual(await axe({preload: false}), []);
    });
    await page.locator('#alive:empty').waitFor({state: 'attached'});
    await page.getByRole('button', {name: 'Run', exact: true}).waitFor();
}

// It may also go away while the page is still fetching what stands above its views.
export async function a_server_that_goes_away_behind_the_first_view_is_said_too({open, base}) {
    const {page} = await open('#glossary');

    await page.route(/\/(core\/next\.js|healthz)$/, (route) => route.abort('internetdisconnected'));
    await page.goto('about:blank');
    await page.goto(`${base}/#lab/countdown`);
    await page.locator('#alive', {hasText: 'Is it running?'}).waitFor();
    await page.getByRole('button', {name: 'Run', exact: true}).waitFor();
    const asked = page.waitForResponse('**/core/next.js');

    await page.unrouteAll();
    await asked;
    await page.locator('#alive:empty').waitFor({state: 'attached'});
    await page.getByRole('button', {name: 'Run', exact: true}).waitFor();
}

// One request that fails is no server that is away.
export async function a_request_that_fails_alone_raises_no_banner({page}) {
    await page.route('**/run/*', (route) => route.abort());
    const asked = page.waitForResponse('**/healthz');

    await page.getByRole('button', {name: 'Run', exact: true}).click();
    await asked;
    await page.getByRole('alert').filter({hasText: 'No answer'}).waitFor();
    assert.equal(await page.locator('#alive').textContent(), '');
}

export async function a_view_that_comes_late_leaves_the_focus_where_it_is({page}) {
    const lab = page.getByRole('link', {name: 'Lab', exact: true});
    let letIn;
    const isLetIn = new Promise((done) => {
        letIn = done;
    });

    await page.route('**/history/view.js', async (route) => {
        await isLetIn;
        await route.continue();
    });
    await page.getByRole('link', {name: 'Runs', exact: true}).click();
    await lab.focus();
    letIn();
    await isOpen(page, 'history');
    assert.equal(await lab.evaluate((node) => node === document.activeElement), true);
}

// A view that is asked for while there is no server comes by itself later.
export async function a_view_comes_when_the_server_is_back({open, serve, restart}) {
    const base = await serve();
    const {page} = await open('#lab/countdown', {base});

    await restart(base, async () => {
        await page.getByRole('link', {name: 'Class', exact: true}).click();
        await page.locator('#alive', {hasText: 'Is it running?'}).waitFor();
    });
    await isOpen(page, 'room');
}

// A stream waits for a server that is away; its tries count only against one that is there.
export async function a_run_that_goes_on_is_found_again_after_the_server_was_away({open, serve}) {
    const base = await serve();
    const {page} = await open('#lab/countdown?repeat=300&n=1e7', {base});

    await page.getByRole('button', {name: 'Run', exact: true}).click();
    await page.locator('.progress-words', {hasText: /^Repetition/}).waitFor();
    // The server is there, and nothing reaches it.
    await page.context().setOffline(true);
    await page.evaluate(async () => (await import('./core/alive.js')).missed());
    await page.locator('#alive', {hasText: 'Is it running?'}).waitFor();
    await page.context().setOffline(false);
    await page.locator('#alive:empty').waitFor({state: 'attached'});
    await page.locator('.progress-words', {hasText: /^Repetition/}).waitFor();
    await page.getByRole('button', {name: 'Cancel'}).click();
    await page.locator('.status', {hasText: 'Cancelled'}).waitFor();
}

export async function a_projector_gets_large_type_and_keys({open, base}) {
    const {page, axe} = await open('?present=1#story');
    const size = () => page.evaluate(() => parseFloat(getComputedStyle(document.documentElement).fontSize));
    const large = await size();

    await page.keyboard.press('?');
    const dialog = page.getByRole('dialog', {name: 'Keys'});

    await dialog.waitFor();
    assert.deepEqual(await axe(), []);
    await page.keyboard.press('Escape');
    await dialog.waitFor({state: 'detached'});
    // Links within the page keep it; leaving it is a link, too.
    await page.getByRole('link', {name: 'Class', exact: true}).click();
    await isOpen(page, 'room');
    assert.equal(new URL(page.url()).search, '?present=1');
    await page.getByRole('link', {name: 'Leave presentation'}).click();
    await page.waitForURL(`${base}/#class`);
    await isOpen(page, 'room');
    assert.ok((await size()) < large);
    await page.keyboard.press('?');
    assert.equal(await page.getByRole('dialog').count(), 0);
    await page.getByRole('link', {name: 'Present', exact: true}).click();
    await page.waitForURL(`${base}/?present=1#class`);
}

// Each key does what the view offers under its name, but not while somebody types.
export async function keys_are_what_the_view_offers({open}) {
    const {page} = await open('?present=1#lab/countdown');
    const said = await page.evaluate(async () => {
        const {startPresenting} = await import('./core/present.js');
        const link = document.createElement('a');
        const heard = [];
        const keys = Object.fromEntries(['next', 'run'].map((name) => [name, () => heard.push(name)]));

        startPresenting(link, () => keys);
        const press = (key, target = document.body) =>
            target.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));

        for (const key of ['n', 'ArrowRight', 'PageDown', 'r', 'v', 'p', 'x']) press(key);
        press('n', document.querySelector('input[type=text]'));
        return heard;
    });

    assert.deepEqual(said, ['next', 'next', 'next', 'run']);
}

// What a module imports before anything runs, with what these import; a module that is fetched later is not among them.
async function importedBy(page, names) {
    const found = new Set(names);

    for (const name of found) {
        const address = new URL(name, page.url());
        const text = await (await fetch(address)).text();

        for (const [, path] of text.matchAll(/^(?:import|export|\})(?: [^;]*?from)? ['"]([^'"]+)['"];/gm))
            found.add(new URL(path, address).pathname.slice(1));
    }
    return [...found];
}

// What only a run needs comes when the step is there to be read. A module that was joined can still be asked for by its own
// address, and is the one that the page uses.
export async function the_first_load_is_small_and_one_module({open}) {
    const {page} = await open('#story');

    assert.deepEqual(await importedBy(page, ['first.js']), ['first.js']);
    assert.deepEqual((await importedBy(page, ['story/view.js', 'app.js'])).sort(), ['app.js', 'first.js', 'story/view.js']);
    assert.equal(await page.locator('script').count(), 1);
    for (const late of ['story/result.js', 'story/real.js', 'core/follow.js', 'core/next.js'])
        await page.waitForFunction(
            (name) => performance.getEntriesByType('resource').some((entry) => entry.name.endsWith(name)),
            late,
        );
    const loaded = await page.evaluate(() =>
        performance.getEntriesByType('resource').map(({name}) => new URL(name).pathname.slice(1)),
    );

    assert.equal(loaded.filter((name) => name === 'experiments').length, 1);
    const sizes = await Promise.all(
        ['', ...new Set(loaded)].map(async (name) => {
            const answer = await fetch(new URL(name, page.url()), {headers: {'Accept-Encoding': 'gzip'}});

            return Number(answer.headers.get('content-length') ?? NaN);
        }),
    );

    assert.ok(sizes.reduce((sum, size) => sum + size, 0) < 150e3, String(sizes));
}
