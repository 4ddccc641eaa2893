// What a task can be doing, as the server names it, in plain words and with its look. Colour is never the only sign:
// each has a pattern of its own, and where there is room its name is written on it. The colours are in lanes.css.
import {el} from '../core/dom.js';
import {tileFill} from '../core/signs.js';

// The order is that in which shares are stacked in a column, from below. ground is how much of the colour lies
// under the pattern: 1 is the colour itself. more is what the legend adds.
export const KINDS = [
    {name: 'run', word: 'running', colour: '--span-run', pattern: 'plain', ground: 1},
    {
        name: 'outside',
        word: 'working outside the lock',
        colour: '--span-outside',
        pattern: 'vertical',
        ground: 0.55,
    },
    {
        name: 'wait-lock',
        word: 'waiting for the lock',
        colour: '--span-wait-lock',
        pattern: 'rising',
        ground: 0.2,
    },
    {
        name: 'wait-io',
        word: 'waiting for something else',
        more: 'such as an answer or a moment, without the lock',
        colour: '--span-wait-io',
        pattern: 'dots',
        ground: 0.12,
    },
];
const WAKEUP = {name: 'false-wakeup', word: 'woken up for nothing', colour: '--span-false'};

// Of the lane of the lock: tasks have these in turn, and what is narrower than a pixel belongs to several.
const HOLDERS = [
    {colour: '--span-run', pattern: 'plain', ground: 1},
    {colour: '--span-run', pattern: 'plain', ground: 0.62},
    {colour: '--span-run', pattern: 'horizontal', ground: 0.25},
];
const SEVERAL = {colour: '--span-run', pattern: 'grid', ground: 0.5};

export const N_KINDS = KINDS.length;
export const N_TINTS = HOLDERS.length;

const places = new Map(KINDS.map(({name}, i) => [name, i]));

// The place of a kind in KINDS, or -1.
export function kindPlace(name) {
    return places.get(name) ?? -1;
}

export function wordOf(place) {
    return KINDS[place].word;
}

// {kinds, holders}: what a canvas is filled with, in the colours of the moment; the last of the holders is several.
export function readFills(pen) {
    const fill = (look) => tileFill(pen, look);

    return {kinds: KINDS.map(fill), holders: [...HOLDERS.map(fill), fill(SEVERAL)]};
}

// A patch of a look, to stand in the legend.
function patch(look) {
    const node = el('canvas', {class: 'sign', width: 26, height: 14, 'aria-hidden': 'true'});

    return {
        node,
        paint() {
            const pen = node.getContext('2d');

            pen.fillStyle = tileFill(pen, look);
            pen.fillRect(0, 0, node.width, node.height);
        },
    };
}

// The legend of what is there. has(name) says whether a kind is; isLong, whether the lock changed hands often. Returns
// {node, paint}.
export function makeLegend(has, {hasLock, isLong}) {
    const entries = KINDS.filter(({name}) => has(name)).map((kind) => ({
        ...patch(kind),
        text: [kind.word, kind.name === 'run' && hasLock ? 'holding the lock' : kind.more]
            .filter(Boolean)
            .join(', '),
    }));

    if (hasLock && isLong)
        entries.push({
            ...patch(SEVERAL),
            text: 'in the lock’s lane: several in turn, each too short to be seen',
        });
    const wakeup =
        has(WAKEUP.name) && el('span', {class: 'key'}, el('i', {class: 'key-wakeup'}), WAKEUP.word);

    return {
        node: el(
            'p',
            {class: 'lanes-legend'},
            entries.map(({node, text}) => el('span', {class: 'key'}, node, text)),
            wakeup,
        ),
        paint: () => entries.forEach((entry) => entry.paint()),
    };
}
