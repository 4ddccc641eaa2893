// Real tables, made of columns: each is {head, value(item), isNumber}. A value is text or a node. Numbers
// stand in <data> elements that carry the figure of the server, so a copy or a script loses nothing.
import {axisValue, hasTimes, statusText, varyingAxes, whisker} from './cells.js';
import {el} from './dom.js';
import {count, field, fieldTitle, ratio, sentence, text as written, time, timeRange} from './format.js';
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
    const head = ({head: text, isNumber}) => el('th', {scope: 'col', class: isNumber && 'number'}, text);
    const body = (item) =>
        el(
            'tr',
            {},
            columns.map((column, i) => tableCell(column, item, i === 0)),
        );

    return el(
        'div',
        {class: 'frame', role: 'region', tabindex: 0, 'aria-label': caption},
        el(
            'table',
            {},
            el('caption', {}, caption),
            el('thead', {}, el('tr', {}, columns.map(head))),
            el('tbody', {}, items.map(body)),
        ),
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

    return [timeRange(low, high), el('small', {}, cell.wall_ns.interval ? '' : ' min to max')];
}

// The ratio with its interval. The baseline's own is 1 to 1, and is left out.
function timesBaseline({relative}) {
    if (!relative || typeof relative.ratio !== 'number') return '–';
    const [low, high] = relative.interval ?? [];

    return [
        number(relative.ratio, ratio(relative.ratio)),
        relative.interval && low !== high
            ? el('small', {class: 'under'}, ` ${ratio(low)} to ${ratio(high)}`)
            : '',
    ];
}

function switches({context_switches: switched}) {
    return switched
        ? [
              number(switched.voluntary, count(switched.voluntary)),
              ' + ',
              number(switched.involuntary, count(switched.involuntary)),
          ]
        : '–';
}

function status(cell) {
    return cell.status === 'done' ? 'done' : el('span', {class: 'bad'}, statusText(cell));
}

// The table behind the chart. baseline is the mode that the others are compared with.
export function cellTable(run, baseline) {
    const {cells} = run;
    const always = ['lock', 'tasks', 'cpus'];
    const columns = [
        signed('mode'),
        signed('lock'),
        figure('tasks', (cell) => number(cell.tasks, count(cell.tasks))),
        figure('cpus', (cell) => number(cell.cpus, count(cell.cpus))),
        ...varyingAxes(cells)
            .filter((axis) => !always.includes(axis))
            .map(axisColumn),
        timeOf('median', (cell) => cell.wall_ns?.median),
        figure('interval', interval),
        figure(`× ${baseline}`, timesBaseline),
        plain('verdict', (cell) => cell.relative?.verdict ?? '–'),
        timeOf('CPU time', (cell) => cell.cpu_ns?.median),
        figure('switches', switches),
        plain('status', status),
        timeOf('ideal', (cell) => cell.ideal_ns),
    ];

    return table(`The cells of this ${run.experiment}`, columns, cells);
}

// What the columns mean, below the table, where it does not scroll away.
export function tableNotes({sentences}) {
    return (
        (sentences?.repetitions ? `${sentence(sentences.repetitions)} ` : '') +
        (sentences?.precision ? `${sentence(sentences.precision)} ` : '') +
        'Switches of context are voluntary + involuntary; the range below a ratio is its interval.'
    );
}

// One column for each key that some cell's object has: metrics, lock_stats, memory, …
export function objectTable(caption, cells, get) {
    const keys = [...new Set(cells.flatMap((cell) => Object.keys(get(cell) ?? {})))];

    return keys.length === 0
        ? null
        : table(
              caption,
              [
                  ...identity(cells),
                  ...keys.map((key) => figure(fieldTitle(key), (cell) => fieldNode(key, get(cell)?.[key]))),
              ],
              cells,
          );
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
