// The story: the article in steps, each asked first and then measured here. The first thing that is seen.
import {byId, el} from '../core/dom.js';
import {focusOn} from '../core/focus.js';
import {explained} from '../core/glossary.js';
import {isPresenting} from '../core/present.js';
import {showNotes} from '../core/problem.js';
import {readStory, storyPath} from './address.js';
import {isDone, setDone} from './done.js';
import {hostBanners, learnNoise, readHost} from './host.js';
import {makeOverview} from './overview.js';
import {openStep} from './step.js';
import {stepsOf} from './steps.js';

// The links to the neighbours of a step.
function pager(steps, at) {
    const link = (step, text, rel) => step && el('a', {class: 'button', rel, href: storyPath(step.id)}, text);

    return el(
        'nav',
        {class: 'pager', 'aria-label': 'Neighbouring steps'},
        link(steps[at - 1], '← Back', 'prev'),
        link(steps[at + 1], `Next: ${steps[at + 1]?.title}\u00a0→`, 'next'),
    );
}

function heading(steps, at) {
    return el(
        'h2',
        {id: 'step-title'},
        el('small', {}, `Step ${at + 1} of ${steps.length}`),
        ' ',
        steps[at].title,
    );
}

// Explaining these words before the run would give answers away.
const HINTS = 'GIL, convoy, switch interval, hand-over, reference count, hog';

// Each other word that the glossary has is explained where the step says it first, but for those that a step hides, as
// their explanation answers its question.
function words({text, code, points = [], hides = ''}) {
    const seen = new Set();

    explained(`${HINTS}, ${hides}`, seen);
    return el(
        'div',
        {class: 'words'},
        text.map((paragraph) => el('p', {}, explained(paragraph, seen))),
        points.length > 0 && el('ul', {}, points.map((point) => el('li', {}, explained(point, seen)))),
        code && el('pre', {class: 'code', tabindex: 0, 'aria-label': 'The function in Python'}, el('code', {}, code.trimEnd())),
    );
}

// Returns {update, redraw, close, keys}.
export async function open(place, {catalog}) {
    const steps = stepsOf(catalog);
    const host = await readHost(catalog);

    if (!place.isConnected) return {}; // another view has been opened meanwhile
    const isPresent = isPresenting();
    const overview = makeOverview(steps, host);
    const page = el('article', {class: 'step box', 'aria-labelledby': 'step-title'});
    let current = null; // the step that is open
    let opened = null; // what openStep() gave

    place.append(overview.node, page);

    function show(address, isFirst) {
        const at = Math.max(0, steps.findIndex(({id}) => id === address.step));
        const step = steps[at];

        opened?.close();
        opened = null;
        current = step;
        document.title = `${step.title}, gilscope`;
        showNotes(
            byId('problem'),
            address.step && address.step !== step.id ? [`The story has no step called ${address.step} here.`] : [],
        );
        const body = el('div', {class: 'try'});
        const banners = el('div', {class: 'banners'});
        const showBanners = () => banners.replaceChildren(...(steps[at].experiment ? hostBanners(steps, host, at === 0) : []));

        page.replaceChildren(
            ...[
                banners,
                heading(steps, at),
                words(step),
                body,
                pager(steps, at),
            ].filter(Boolean),
        );
        if (step.experiment)
            opened = openStep(body, step, {
                catalog,
                host,
                runs: address.run ? address : null,
                isPresent,
                changed: () => overview.show(step.id),
                learn(run) {
                    learnNoise(host, run);
                    showBanners();
                },
            });
        else if (!isDone(step.id)) setDone(step.id, {});
        showBanners();
        overview.show(step.id);
        if (!isFirst) {
            scrollTo(0, 0);
            focusOn(byId('step-title'));
        }
    }

    function update() {
        show(readStory(location.hash), false);
    }

    function turn(by) {
        const step = steps[steps.indexOf(current) + by];

        if (step) location.hash = storyPath(step.id);
    }

    show(readStory(location.hash), true);
    return {
        update,
        redraw: () => opened?.redraw(),
        close() {
            opened?.close();
            overview.close();
        },
        keys: {next: () => turn(1), previous: () => turn(-1), run: () => opened?.run(), reveal: () => opened?.reveal()},
    };
}
