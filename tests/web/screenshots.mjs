// Called by scripts/screenshots.sh: node screenshots.mjs PATH/TO/gilscope FOLDER views|readme. A picture of each view at three
// widths in light, and at the middle one in dark, named VIEW-WIDTH-light.png; or page.png and story.png, those of the
// README. What the browser complains about is said at the end.
import path from 'node:path';
import {startLab} from './lab.mjs';
import {pressRun} from './steps.mjs';

const [binary, folder, what] = process.argv.slice(2);
const TOKEN = 'token-of-the-pictures';
const LOOKS = [
    {width: 360, height: 740},
    {width: 1280, height: 800},
    {width: 1280, height: 800, dark: true},
    {width: 1920, height: 1080},
];
const COUNTDOWN = '#lab/countdown?mode=serial,threads,processes&lock=none,gil,gil-py2&n=2e7&timeline=on';

async function call(base, way, body) {
    const answer = await fetch(`${base}/${way}`, {
        method: 'POST',
        headers: {'Content-Type': 'application/json', Authorization: `Bearer ${TOKEN}`},
        body: JSON.stringify(body),
    });

    if (!answer.ok) throw new Error(`${way}: ${await answer.text()}`);
    return answer.json();
}

// All that the pictures show besides forms: a few runs with names, and a class with something to do next.
async function prepare(base) {
    const quick = {mode: 'serial,threads', n: '1e7', repeat: 5, timeline: 'on'};
    const runs = [];

    for (const more of [{label: 'Ada', lock: 'gil-py2'}, {label: 'Ben', lock: 'gil'}, {label: 'Cleo', lock: 'gil', tasks: '1,2,3,4'}])
        runs.push(await call(base, 'run/countdown', {...quick, ...more}));
    const request = {mode: 'serial,threads', n: '1e7'};
    const title = 'Do two threads count twice as fast?';

    await call(base, 'class', {action: 'next', title, experiment: 'countdown', request, question: 'countdown'});
    for (const [label, prediction] of [['Dora', 'shorter'], ['Emil', 'same'], ['Fay', 'shorter']])
        await call(base, 'run/countdown', {...request, label, prediction, fresh: '1'});
    return runs;
}

async function runStory(page) {
    await page.locator('.prediction input').first().check();
    await page.getByRole('button', {name: 'Run', exact: true}).click();
    await page.locator('.try .result h3').first().waitFor({timeout: 60000});
}

const asInstructor = (page) => page.evaluate((token) => sessionStorage.setItem('gilscope-token', token), TOKEN).then(() => page.reload());

// What there is to see: name, address, and what is done before the picture is taken.
function scenes([first, second, sweep]) {
    return [
        ['story', '#story'],
        ['story-run', '#story/two-threads', runStory],
        ['story-present', '?present=1#story/two-threads'],
        ['lab', '#lab/countdown'],
        ['lab-run', COUNTDOWN, pressRun],
        ['lab-sweep', `#runs/${sweep.id}`],
        ['timeline', `#timeline/${first.id}?cell=1&beside=${second.id}:1`],
        ['runs', '#runs'],
        ['comparison', `#compare/${second.id}/${sweep.id}`],
        ['class-pupil', '#class'],
        ['class-instructor', '#class', asInstructor],
        ['class-present', '?present=1#class', asInstructor],
        ['glossary', '#story', (page) => page.getByRole('button', {name: 'Glossary', exact: true}).click()],
    ];
}

// Usual runs, as somebody sees them in a window.
const OF_README = [
    ['page', '#lab/countdown', 900, pressRun],
    ['story', '#story/two-threads', 1250, runStory],
];

const lab = await startLab(path.resolve(binary));
const complaints = [];

async function takeAll() {
    const base = await lab.serve([`server.instructor_token=${TOKEN}`]);

    for (const [name, hash, prepareScene = async () => {}] of scenes(await prepare(base))) {
        const view = await lab.open(hash, {...LOOKS[1], base});

        await prepareScene(view.page);
        for (const {width, height, dark} of LOOKS) {
            const file = `${name}-${width}-${dark ? 'dark' : 'light'}.png`;

            await view.page.setViewportSize({width, height});
            await view.page.emulateMedia({colorScheme: dark ? 'dark' : 'light'});
            await view.page.evaluate(() => scrollTo(0, 0));
            if (!hash.startsWith('?')) {
                // What stays at the edge of the window would else lie in the middle of the picture.
                const all = await view.page.evaluate(() => document.documentElement.scrollHeight);

                await view.page.setViewportSize({width, height: Math.max(height, all)});
            }
            await view.page.waitForTimeout(800); // charts are drawn again when the window has come to rest
            await view.page.screenshot({path: path.join(folder, file), fullPage: !hash.startsWith('?')});
            console.log(file);
        }
        complaints.push(...view.problems.map((problem) => `${name}: ${problem}`));
        await view.close();
    }
}

async function takeThoseOfReadme() {
    for (const [name, hash, height, prepareScene] of OF_README) {
        const view = await lab.open(hash, {width: 1280, height});

        await prepareScene(view.page);
        await view.page.evaluate(() => {
            document.activeElement.blur();
            scrollTo(0, 0);
        });
        await view.page.waitForTimeout(300);
        await view.page.screenshot({path: path.join(folder, `${name}.png`)});
        await view.close();
    }
}

try {
    await (what === 'readme' ? takeThoseOfReadme() : takeAll());
} finally {
    await lab.finish();
}
complaints.forEach((complaint) => console.error(complaint));
process.exit(complaints.length > 0 ? 1 : 0);
