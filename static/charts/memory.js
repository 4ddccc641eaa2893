// What each task costs in memory: what it really holds, and what addresses are reserved for it. The second is mostly
// hundreds of times the first, so each has a picture with an axis of its own; both begin at zero.
import {numberAt} from '../core/cells.js';
import {objectTable} from '../core/table.js';
import {barRows, barsInWords, drawBars} from './bars.js';
import {key, makeFigure} from './figure.js';

const PARTS = [
    ['memory.rss_per_task_bytes', 'Held by each task (resident memory)'],
    ['memory.virtual_per_task_bytes', 'Reserved for each task (addresses alone)'],
];

const perTask = ({memory}) =>
    Object.fromEntries(Object.entries(memory ?? {}).filter(([name]) => name.includes('_per_task_')));

// Every run has these figures; only some experiments are about them.
export const hasMemory = ({cells}, {about}) =>
    Boolean(about.figure?.startsWith('memory.')) &&
    cells.some((cell) => PARTS.some(([path]) => numberAt(cell, path) !== null));

export function memoryFigure({cells}) {
    return makeFigure({
        panels: PARTS.map(([path, title]) => ({
            title,
            words: () => barsInWords(barRows(cells, path), path, {figure: path, head: title}),
            paint: (canvas) => drawBars(canvas, barRows(cells, path), path, {figure: path, head: 'per task'}),
        })),
        keys: () => [key('key-bar', 'one repetition, which stands for all; each picture has an axis of its own')],
        table: () => objectTable('Memory of each task', cells, perTask),
    });
}
