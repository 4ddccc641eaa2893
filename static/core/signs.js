// The sign of each mode and lock: a colour and a pattern by its place in the catalog. So a new one has a sign
// as soon as a runtime describes it, and nothing here knows any by name. Colour is never the only sign:
// stripes and dots tell them apart in grey too. The colours are in the style sheet, so light and dark are
// decided in one place.
import {distinct} from './cells.js';
import {el} from './dom.js';

const TILE = 10; // pixels after which a pattern repeats itself
const N_COLOURS = 6; // of each family, in style.css

function line(pen, [fromX, fromY], [toX, toY]) {
    pen.moveTo(fromX, fromY);
    pen.lineTo(toX, toY);
}

// Three strokes, so that the corners of neighbouring tiles join.
function rising(pen) {
    line(pen, [0, TILE], [TILE, 0]);
    line(pen, [-1, 1], [1, -1]);
    line(pen, [TILE - 1, TILE + 1], [TILE + 1, TILE - 1]);
}

function falling(pen) {
    line(pen, [0, 0], [TILE, TILE]);
    line(pen, [-1, TILE - 1], [1, TILE + 1]);
    line(pen, [TILE - 1, -1], [TILE + 1, 1]);
}

const vertical = (pen) => line(pen, [TILE / 2, 0], [TILE / 2, TILE]);
const horizontal = (pen) => line(pen, [0, TILE / 2], [TILE, TILE / 2]);
const dots = (pen) => pen.arc(TILE / 2, TILE / 2, TILE / 7, 0, 2 * Math.PI);

function grid(pen) {
    vertical(pen);
    horizontal(pen);
}

// One more than there are colours, and without a common divisor: the same pair comes again only after all.
const SHAPES = {plain: () => {}, rising, vertical, dots, horizontal, falling, grid};
const PATTERNS = Object.keys(SHAPES);

let places = {mode: [], lock: []};

// To be called with the catalog before anything is drawn.
export function learnSigns({modes, locks}) {
    const names = (family) => family.map(({name}) => name);

    places = {mode: names(modes), lock: names(locks)};
}

// Whether a choice of the form is one that a sign stands for: "own" is whichever lock a runtime has.
export const hasSign = (family, name) => places[family].includes(name);

// What a stored run names and no runtime here has any more looks like nothing that is there.
function place({family, name}) {
    const at = places[family].indexOf(name);

    if (at < 0) return {colour: '--sign-other', pattern: PATTERNS[0]};
    return {colour: `--${family}-${at % N_COLOURS}`, pattern: PATTERNS[at % PATTERNS.length]};
}

// What the bars of a run are filled with: the sign of the mode, or where all have the same one, of the lock.
export function signOf(cell, cells) {
    return distinct(cells, 'mode') === 1 && distinct(cells, 'lock') > 1
        ? {family: 'lock', name: cell.lock}
        : {family: 'mode', name: cell.mode};
}

// The colour alone, for what is too thin for a pattern and has another mark beside it.
export function signColour(sign) {
    return getComputedStyle(document.documentElement).getPropertyValue(place(sign).colour).trim();
}

// The same for a style sheet or a picture of elements, where it follows light and dark by itself.
export function colourOf(sign) {
    return `var(${place(sign).colour})`;
}

// The filling for a canvas: the pattern on a ground of the colour, a property of style.css. Strong colour has lines of
// the panel's; of a pale one (ground below 1: so much of the colour on the panel) the lines have the colour itself.
export function tileFill(pen, {colour, pattern, ground = 1}) {
    const style = getComputedStyle(document.documentElement);
    const read = (name) => style.getPropertyValue(name).trim();
    const tile = document.createElement('canvas');
    const tilePen = tile.getContext('2d');
    const rect = (name, alpha) => {
        tilePen.globalAlpha = alpha;
        tilePen.fillStyle = read(name);
        tilePen.fillRect(0, 0, TILE, TILE);
    };

    tile.width = tile.height = TILE;
    rect('--panel', 1);
    rect(colour, ground);
    tilePen.strokeStyle = read(ground < 1 ? colour : '--panel');
    tilePen.globalAlpha = ground < 1 ? 1 : 0.38;
    tilePen.lineWidth = 2;
    tilePen.beginPath();
    SHAPES[pattern](tilePen);
    tilePen.stroke();
    return pen.createPattern(tile, 'repeat');
}

// sign is {family: 'mode' or 'lock', name}.
export function signFill(pen, sign) {
    return tileFill(pen, place(sign));
}

// The sign's name is kept in the element, so that it can be painted again without knowing where it stands.
function paint(node) {
    const pen = node.getContext('2d');

    pen.fillStyle = signFill(pen, {family: node.dataset.family, name: node.dataset.name});
    pen.fillRect(0, 0, node.width, node.height);
}

// A small patch of it, to stand before a name.
export function signNode(family, name) {
    const node = el('canvas', {
        class: 'sign',
        width: 2 * TILE,
        height: TILE,
        'aria-hidden': 'true',
        'data-family': family,
        'data-name': name,
    });

    paint(node);
    return node;
}

// For when the colours of the page have changed.
export function repaintSigns() {
    document.querySelectorAll('canvas.sign[data-family]').forEach(paint);
}
