// What came out in the runs of the class, all on one axis. The figures stand in the runs themselves, which are read
// when they are first shown, once each.
import {Refused} from '../core/api.js';
import {cellName, numberAt} from '../core/cells.js';
import {el, folded} from '../core/dom.js';
import {getRun} from '../core/follow.js';
import {field, fieldTitle, ratio} from '../core/format.js';
import {signOf} from '../core/signs.js';
import {number, table} from '../core/table.js';
import {spreadChart} from '../charts/spread.js';

const MOST_RUNS = 40;

// Who a run belongs to: everybody who asked for it.
function namesOf(run, people) {
    const names = people.filter((person) => person.run.id === run.id).map(({label}) => label ?? 'no name');

    return names.length > 3 ? `${names.slice(0, 2).join(', ')} and ${names.length - 2} more` : names.join(', ');
}

// What a cell of a run is judged by: the figure that its experiment is about, or the time beside that of the baseline.
function pointOf(run, cell) {
    const {figure} = run.about ?? {};

    if (figure) {
        const value = numberAt(cell, figure);

        return value === null ? null : {value};
    }
    if (typeof cell.relative?.ratio !== 'number' || run.cells[cell.relative.to] === cell) return null;
    const [low, high] = cell.relative.interval ?? [];

    return {value: cell.relative.ratio, low, high};
}

// A lane for each cell, in the order of the first run.
function lanesOf(runs, people, format) {
    const lanes = new Map();

    for (const run of runs)
        for (const cell of run.cells) {
            const point = pointOf(run, cell);
            const title = cellName(cell, run.cells);

            if (!point) continue;
            if (!lanes.has(title)) lanes.set(title, {title, sign: signOf(cell, run.cells), dots: []});
            const name = `${namesOf(run, people)}: ${title} ${format(point.value)}`;

            lanes.get(title).dots.push({...point, name, who: namesOf(run, people), href: `#runs/${run.id}`});
        }
    return [...lanes.values()];
}

function tableOf(lanes, format, head) {
    const items = lanes.flatMap(({title, dots}) => dots.map((dot) => ({title, ...dot})));

    return table('The figures behind the dots', [
        {head: 'cell', value: ({title}) => title},
        {head: 'who', value: ({who, href}) => el('a', {href}, who)},
        {head, value: ({value}) => number(value, format(value)), isNumber: true},
        {
            head: 'interval',
            value: ({low, high}) => (low === undefined ? '–' : `${format(low)} to ${format(high)}`),
            isNumber: true,
        },
    ], items);
}

// Returns {node, show(catalog, people), draw()}. show() may be called often: what is shown stays until it differs.
export function makeOutcome(catalog) {
    const place = el('div');
    const node = el(
        'section',
        {class: 'panel', 'aria-labelledby': 'outcome-title', hidden: true},
        el('h3', {id: 'outcome-title'}, 'How it spread over the runs of the class'),
        place,
    );
    const known = new Map();
    let shown = '';
    let chart = null;

    // A run that was removed meanwhile has no figures. One that could not be read now is asked for again.
    async function read(id) {
        if (known.has(id)) return known.get(id);
        try {
            known.set(id, await getRun(id));
        } catch (error) {
            if (!(error instanceof Refused)) throw error;
            if (error.problem.status === 404) known.set(id, null);
        }
        return known.get(id);
    }

    function showRuns(runs, people) {
        const {figure} = runs[0].about ?? {};
        const baseline = catalog.modes.find((mode) => mode.baseline)?.name;
        const format = figure ? (value) => field(figure.split('.').at(-1), value) : (value) => `${ratio(value)} ×`;
        const head = figure ? fieldTitle(figure.split('.').at(-1)) : `× ${baseline}`;
        const lanes = lanesOf(runs, people, format);

        node.hidden = lanes.length === 0;
        if (lanes.length === 0) return;
        chart = spreadChart(lanes, {
            format,
            label: `${head}, a dot for each run`,
            ...(!figure && {mark: 1, markTitle: `as long as ${baseline}`}),
        });
        place.replaceChildren(
            el(
                'p',
                {class: 'hint'},
                figure
                    ? `Each dot is one run: ${head}.`
                    : `Each dot is one run: how long it took beside the same in ${baseline}. The line through it is where the true figure lies, very likely.`,
            ),
            chart.node,
            folded('The same as a table', () => tableOf(lanes, format, head)),
        );
        chart.draw();
    }

    return {
        node,
        async show(people) {
            const ids = [...new Set(people.filter(({state}) => state === 'done').map(({run}) => run.id))].slice(0, MOST_RUNS);
            const key = ids.map((id) => `${id} ${people.filter(({run}) => run.id === id).map(({label}) => label)}`).join();

            if (key === shown) return;
            shown = key;
            if (ids.length === 0) {
                node.hidden = true;
                return;
            }
            const runs = (await Promise.all(ids.map(read))).filter((run) => run?.cells);

            if (shown !== key) return;
            if (!ids.every((id) => known.has(id))) shown = '';
            for (const id of known.keys()) if (!ids.includes(id)) known.delete(id);
            if (runs.length > 0) showRuns(runs, people);
            else node.hidden = true;
        },
        draw: () => chart?.draw(),
    };
}
