// What the cells of a run are called in the story: in words of its text instead of the names that a request has, made of
// what the catalog says of modes and locks.
import {distinct} from '../core/cells.js';
import {plural} from '../core/format.js';

// "in a row", "threads", "processes", "event loop"; a mode that is not there any more keeps its name.
export function modeInWords(catalog, name) {
    const mode = catalog.modes.find((one) => one.name === name);

    if (!mode) return name;
    if (mode.one_loop) return 'event loop';
    if (!mode.side_by_side) return 'in a row';
    return mode.shares_memory ? 'threads' : 'processes';
}

function tasksInWords(catalog, {mode, tasks}) {
    const word = modeInWords(catalog, mode);

    if (word === 'processes') return tasks === 1 ? '1 process' : `${tasks} processes`;
    return plural(tasks, word === 'threads' ? 'thread' : 'call');
}

// The same cells, each with mode_text and with a title in plain words.
export function plainCells({cells}, catalog) {
    const varies = (axis) => distinct(cells, axis) > 1;
    const lockTitle = (name) => catalog.locks.find((lock) => lock.name === name)?.title ?? name;

    return cells.map((cell) => ({
        ...cell,
        mode_text: modeInWords(catalog, cell.mode),
        title: [
            varies('lock') && lockTitle(cell.lock),
            varies('tasks') && tasksInWords(catalog, cell),
            varies('cpus') && plural(cell.cpus, 'CPU'),
        ]
            .filter(Boolean)
            .join(', '),
    }));
}
