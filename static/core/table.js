// Real tables, made of columns: each is {head, value(item), isNumber, word}. A value is text or a node. Numbers
// stand in <data> elements that carry the figure of the server, so a copy or a script loses nothing. A head that the
// glossary has is explained by it; word is for one that is written in another way there.
import {
    axisValue,
    distinct,
    hasTimes,
    MODEL,
    numberAt,
    ratioHead,
    reasonAt,
    statusText,
    varyingAxes,
    whisker,
} from './cells.js';
import {el} from './dom.js';
import {count, field, fieldTitle, ratio, sentence, text as written, time, timeRange} from './format.js';
import {isTerm, term} from './glossary.js';
import {signNode} from './signs.js';

// The figure as the server sent it in the attribute, for people in the text.
export function number(value, text) {
    return value === null || value === undefined ? '–' : el('data', {value}, text);
}

// On a phone a table is wider than the window, and a page that scrolls sideways loses its text. So the frame
// scrolls, and can have the focus, because a keyboard scrolls what has the focus.
//
// A table in a frame that scrolls by itself, with the first column as the header of its row.
export function table(caption, columns, items) {
    const head = ({head: text, isNumber, word = text}) =>
        el('th', {scope: 'col', class: isNumber && 'number'}, isTerm(word) ? term(word, text) : text);

    return el(
        'div',
        {class: 'frame', role: 'region', tabindex: 0, 'aria-label': caption},
        el(
            'table',
            {},
            el('caption', {}, caption),
            el('thead', {}, el('tr', {}, columns.map(head))),
            el('tbody', {}, items.map((item) => tableRow(columns, item))),
        ),
    );
}

// One row of it, for a table whose rows come and go.
export function tableRow(columns, item) {
    return el(
        'tr',
        {},
        columns.map((column, i) => tableCell(column, item, i === 0)),
    );
}

// Text of more than a few words is wrapped.
function tableCell({value, isNumber}, item, isHead) {
    const cell = el(isHead ? 'th' : 'td', {scope: isHead && 'row', class: isNumber && 'number'}, value(item));

    if (!isNumber && cell.textContent.length > 24) cell.classList.add('long');
    return cell;
}

// Short names for columns: text, a number, a mode or a lock with its sign, a time.
const plain = (head, value) => ({head, value});
const figure = (head, value) => ({head, value, isNumber: true});
const signed = (family) => plain(family, (cell) => [signNode(family, cell[family]), ' ', cell[family]]);
const withWord = (word, column) => ({...column, word});
const timeOf = (head, get) => figure(head, (cell) => number(get(cell), time(get(cell))));

// A lock has its sign; a value that nobody gave is the default.
function axisColumn(axis) {
    return axis === 'lock'
        ? signed(axis)
        : plain(fieldTitle(axis), (cell) => written(axisValue(cell, axis) ?? 'default'));
}

// What tells cells apart in the smaller tables.
function identity(cells) {
    return [signed('mode'), ...varyingAxes(cells).map(axisColumn)];
}

// Without an interval it is the range of the samples, and says so.
function interval(cell) {
    if (!hasTimes(cell)) return '–';
    const [low, high] = whisker(cell.wall_ns);

    return [timeRange(low, high), cell.wall_ns.interval ? '' : el('small', {class: 'under'}, ' min to max')];
}

// A ratio with its interval below it. The baseline's own is 1 to 1, and is left out.
function ratioOf(value, interval) {
    if (typeof value !== 'number') return '–';
    const [low, high] = interval ?? [];

    return [
        number(value, ratio(value)),
        interval && low !== high ? el('small', {class: 'under'}, ` ${ratio(low)} to ${ratio(high)}`) : '',
    ];
}

function efficiency({scaling}) {
    return number(scaling?.efficiency, `${count(Math.round((scaling?.efficiency ?? 0) * 100))} %`);
}

// The sum, as the server's table has it, and below it what it is made of.
function switches({context_switches: switched}) {
    if (!switched) return '–';
    const {voluntary, involuntary} = switched;
    const sum = (voluntary ?? 0) + (involuntary ?? 0);

    return [
        number(sum, count(sum)),
        el(
            'small',
            {class: 'under'},
            ' ',
            number(voluntary, count(voluntary)),
            ' + ',
            number(involuntary, count(involuntary)),
        ),
    ];
}

function status(cell) {
    return cell.status === 'done' ? 'done' : el('span', {class: 'bad'}, statusText(cell));
}

// In the place of a figure that is not there: why, or a dash.
function whyNot(reason) {
    return reason ? el('small', {class: 'why'}, reason) : '–';
}

// The figure that the experiment is about; without it, why.
function aboutColumn({figure: path, head}) {
    return figure(head ?? fieldTitle(path.split('.').at(-1)), (cell) => {
        const value = numberAt(cell, path);

        return value === null
            ? whyNot(reasonAt(cell, path))
            : number(value, field(path.split('.').at(-1), value));
    });
}

// What was answered, where something was: a server's errors come sooner than its pages, and a time alone
// would pass them off as fast.
const answers = plain('answers', (cell) => written(cell.metrics?.responses ?? null));

// The columns that the cells have something to say in. A time that was given is no measure, so it has neither
// an interval nor an ideal.
function cellColumns({cells, sentences}, about, baseline) {
    const any = (has) => cells.some((cell) => has(cell) !== null && has(cell) !== undefined);
    // What all cells have in common stands in the heading; a run of an earlier version has none, and all in
    // its table.
    const differs = (axis) => !sentences || distinct(cells, axis) > 1;
    const own = ['runtime', 'lock', 'tasks', 'cpus']; // with a column here
    const isCompared = any((cell) => cell.relative);
    const isScaled = any((cell) => cell.scaling);

    return [
        distinct(cells, 'runtime') > 1 && plain('runtime', (cell) => cell.runtime),
        signed('mode'),
        differs('lock') && signed('lock'),
        differs('tasks') && figure('tasks', (cell) => number(cell.tasks, count(cell.tasks))),
        differs('cpus') && figure('cpus', (cell) => number(cell.cpus, count(cell.cpus))),
        ...varyingAxes(cells)
            .filter((axis) => !own.includes(axis))
            .map(axisColumn),
        about.figure && aboutColumn(about),
        timeOf(about.fixed_time ? 'given time' : 'wall time', (cell) => cell.wall_ns?.median),
        !about.fixed_time && figure('interval', interval),
        isCompared &&
            withWord('ratio', figure(ratioHead(baseline), ({relative}) => ratioOf(relative?.ratio, relative?.interval))),
        isScaled && figure('speed-up', ({scaling}) => ratioOf(scaling?.speedup, scaling?.interval)),
        isScaled && figure('efficiency', efficiency),
        (isCompared || isScaled) &&
            plain('verdict', (cell) => cell.relative?.verdict ?? cell.scaling?.verdict ?? '–'),
        any((cell) => cell.model) && figure(MODEL, ({model}) => ratioOf(model?.ratio, model?.interval)),
        any((cell) => cell.model) && plain('model', ({model}) => model?.verdict ?? '–'),
        cells.some((cell) => cell.status !== 'done') && plain('status', status),
        any((cell) => cell.metrics?.responses) && answers,
        timeOf('CPU time', (cell) => cell.cpu_ns?.median),
        figure('switches', switches),
        any((cell) => cell.ideal_ns) && timeOf('ideal', (cell) => cell.ideal_ns),
    ].filter(Boolean);
}

// The table behind the chart. about is what the experiment is about, baseline the mode that the others are compared
// with.
export function cellTable(run, {about, baseline}) {
    const columns = cellColumns(run, about, baseline);
    const heads = columns.map(({head}) => head);

    return [table('The cells of this run', columns, run.cells), tableNotes(run, heads)];
}

// How often it was measured; and why figures are missing, each reason once.
function tableNotes({cells, sentences = {}}, heads) {
    const reasons = heads.includes('interval') ? cells.map((cell) => cell.wall_ns?.reason) : [];
    const notes = [sentences.repetitions, sentences.precision, ...new Set(reasons)].filter(Boolean);

    return notes.length > 0 && el('p', {class: 'hint'}, notes.map(sentence).join(' '));
}

// Whether a key is the reason for another one that is null.
function isReason(key, keys) {
    return key.endsWith('_reason') && keys.includes(key.replace(/_reason$/, ''));
}

// One column for each key that some cell's object has: metrics, lock_stats, memory, … Why a figure is missing
// stands in its place.
export function objectTable(caption, cells, get) {
    const all = [...new Set(cells.flatMap((cell) => Object.keys(get(cell) ?? {})))];
    const keys = all.filter((key) => !isReason(key, all));

    return keys.length === 0
        ? null
        : table(
              caption,
              [
                  ...identity(cells),
                  ...keys.map((key) => figure(fieldTitle(key), (cell) => figureOrWhy(key, get(cell) ?? {}))),
              ],
              cells,
          );
}

function figureOrWhy(key, object) {
    const value = object[key] ?? null;

    return value === null ? whyNot(object[`${key}_reason`]) : fieldNode(key, value);
}

// Only numbers have a figure behind their text.
function fieldNode(key, value) {
    return typeof value === 'number' ? number(value, field(key, value)) : field(key, value);
}

// What a task answers differs between experiments: a number, an object, or a list of either (a fetch with
// several requests). A table has columns, so each answer becomes a row, and the members of an object columns.
//
// A task as rows of plain values: its answer's members beside its own, a row for each answer where it has
// several.
function taskRows({answer, ...own}) {
    const answers = Array.isArray(answer) ? answer : [answer];

    return answers.map((one, i) => ({
        ...own,
        ...(answers.length > 1 ? {answer: i} : {}),
        ...(one !== null && typeof one === 'object' ? one : {answer: one}),
    }));
}

// The tasks of one cell. Its columns are whatever members its rows have.
export function taskTable(caption, cell) {
    const rows = cell.per_task.flatMap(taskRows);
    const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    const column = (key) => ({
        head: key === 'id' ? 'task' : fieldTitle(key),
        isNumber: rows.some((row) => typeof row[key] === 'number'),
        value: (row) => fieldNode(key, row[key]),
    });

    return table(caption, keys.map(column), rows);
}
