// The spans of a lane as rectangles. All lengths are pixels of the canvas, which are finer than those of the page on a
// good screen.
//
// However many spans there are, a lane costs as much as it has pixels: what is narrower than one is not painted by
// itself. All that begins in the same column of pixels is found by binary search, and the column shows in which
// shares the time went. So nothing that happened is ever left out, and a picture of 20,000 spans is as quick as one
// of 200.
import {N_KINDS, N_TINTS} from './kinds.js';
import {firstAbove, tintOf} from './lane-index.js';

// Rectangles of one filling are painted together, since to change the filling costs more than to fill.
class Rects {
    constructor() {
        this.list = new Int32Array(4096);
        this.n = 0;
    }

    add(x, y, width, height) {
        if (this.n + 4 > this.list.length) {
            const longer = new Int32Array(2 * this.list.length);

            longer.set(this.list);
            this.list = longer;
        }
        this.list[this.n++] = x;
        this.list[this.n++] = y;
        this.list[this.n++] = width;
        this.list[this.n++] = height;
    }

    paint(pen, filling) {
        const {list, n} = this;

        if (n > 0) pen.fillStyle = filling;
        for (let i = 0; i < n; i += 4) pen.fillRect(list[i], list[i + 1], list[i + 2], list[i + 3]);
        this.n = 0;
    }
}

const kindRects = Array.from({length: N_KINDS}, () => new Rects());
const holderRects = Array.from({length: N_TINTS + 1}, () => new Rects()); // the last: several

const THINNEST = 2; // pixels of a share, however small: it happened

const parts = new Float64Array(N_KINDS); // made once: a column must not leave anything to be collected

// A column of pixels in which the spans from i to j begin: the kinds one above the other, each as high as its share, and
// none so low that it could not be seen.
function addColumn(lane, i, j, x, y, height) {
    let total = 0;
    let left = 0; // kinds that are still to come
    let bottom = y + height;

    for (let kind = 0; kind < N_KINDS; kind++) {
        parts[kind] = lane.sums[kind][j] - lane.sums[kind][i];
        total += parts[kind];
        if (parts[kind] > 0) left++;
    }
    for (let kind = 0; kind < N_KINDS; kind++) {
        if (parts[kind] === 0) continue;
        left--;
        const most = bottom - y - left * THINNEST; // the rest is for the others
        const share = Math.max(THINNEST, Math.round((parts[kind] / total) * height));
        const part = left === 0 ? most : Math.min(most, share);

        kindRects[kind].add(x, bottom - part, 1, part);
        bottom -= part;
    }
}

function addShort(lane, i, j, x, y, height) {
    if (!lane.isLock) addColumn(lane, i, j, x, y, height);
    else if (lane.changes[i] >= j) holderRects[tintOf(lane.what[i])].add(x, y, 1, height);
    else holderRects[N_TINTS].add(x, y, 1, height);
}

// Those that follow one another in the lane of the lock are parted by a line.
function addLong(lane, i, left, right, y, height) {
    const rects = lane.isLock ? holderRects[tintOf(lane.what[i])] : kindRects[lane.what[i]];
    const gap = lane.isLock && right - left > 3 ? 1 : 0;

    rects.add(left, y, right - left - gap, height);
}

// Adds the spans of a lane in a box {left, width, y, height} of the picture. Calls wide(i, left, right) for each that is
// so wide that it can be seen.
export function addLane(lane, box, {from, to}, wide) {
    const {left: edge, width, y, height} = box;
    const perPixel = (to - from) / width;
    let i = firstAbove(lane.end, from);

    while (i < lane.n && lane.start[i] < to) {
        const left = Math.max(0, (lane.start[i] - from) / perPixel);
        const right = Math.min(width, (lane.end[i] - from) / perPixel);

        if (right - left >= 1) {
            const x = edge + Math.round(left);
            const end = Math.max(x + 1, edge + Math.round(right));

            addLong(lane, i, x, end, y, height);
            wide(i, x, end);
            i++;
        } else {
            const column = Math.floor(left);
            const next = firstAbove(lane.start, from + (column + 1) * perPixel, i);
            // The last that begins here may go on for longer: it is painted by itself.
            const j = next - 1 > i && lane.end[next - 1] - lane.start[next - 1] >= perPixel ? next - 1 : next;

            addShort(lane, i, j, edge + Math.min(column, width - 1), y, height);
            i = Math.max(j, i + 1);
        }
    }
}

// Paints all that was added. fills is what readFills() returned.
export function paintSpans(pen, {kinds, holders}) {
    kindRects.forEach((rects, kind) => rects.paint(pen, kinds[kind]));
    holderRects.forEach((rects, tint) => rects.paint(pen, holders[tint]));
}
