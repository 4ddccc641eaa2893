// The bars of a run as a figure: the choice of what they show, the bars, their legend.
import {isCompared, measurePaths, modeText} from '../core/cells.js';
import {el} from '../core/dom.js';
import {objectTable} from '../core/table.js';
import {isWide} from './bars-ink.js';
import {barRows, barsInWords, barsTitle, drawBars, hasArrows, RATIO, valueAndRange, WALL_TIME} from './bars.js';
import {IDEAL, INTERVAL, key, makeFigure} from './figure.js';

// Of which repetitions the figures are.
function ofRepetitions(path, totals) {
    if (path.endsWith('.median')) return 'median';
    return totals?.includes(path.split('.').at(-1))
        ? 'all repetitions together'
        : 'one repetition, which stands for all';
}

// The mode that the others are compared with, by what the cells say of it.
function baselineOf(cells) {
    const compared = cells.find((cell) => isCompared(cell, cells));

    return compared && modeText(cells[compared.relative.to]);
}

// Only what is to be seen in this picture, by its name.
function legend({cells}, {rows, path, totals, wide}) {
    const hasInterval = cells.some((cell) => cell.wall_ns?.interval);
    const baseline = baselineOf(cells);

    if (path === RATIO) return [key('key-bar', 'ratio of the medians'), key('key-whisker', 'its interval')];
    if (path !== WALL_TIME) return [key('key-bar', ofRepetitions(path, totals))];
    return [
        key('key-bar', 'median'),
        key('key-whisker', hasInterval ? INTERVAL : 'smallest to largest'),
        cells.some((cell) => typeof cell.ideal_ns === 'number') && key('key-ideal', IDEAL),
        hasArrows(rows) && el('span', {class: 'key'}, '→ the interval goes on'),
        baseline && wide && el('span', {class: 'key'}, `× = times as long as ${baseline}`),
    ].filter(Boolean);
}

function choiceOf(paths, path, about, choose) {
    const option = (one) => el('option', {value: one, selected: one === path}, barsTitle(one, about));

    return el(
        'label',
        {class: 'choice'},
        'Bars show ',
        el('select', {class: 'bars-show', on: {change: (event) => choose(event.target.value)}}, paths.map(option)),
    );
}

export function hasBars(run, about) {
    return run.cells.length > 0 && measurePaths(run.cells, about).length > 0;
}

// What the bars show first: what the experiment is about, unless a chart of its own shows that already (isShown).
function firstOf(paths, {figure}, isShown) {
    const others = paths.filter((path) => path !== figure);

    return paths.includes(figure) && !(isShown && others.length > 0) ? figure : others[0] ?? figure;
}

// about is what the experiment is about, totals the metrics that are sums over all repetitions. Without hasTable the
// table is left to whoever shows a better one beside it; without hasChoice the bars show the first thing there is.
export function barsFigure(run, {about, totals, isShown, hasTable, hasChoice = true}) {
    const paths = measurePaths(run.cells, about);
    let path = firstOf(paths, about, isShown);
    const rows = () => barRows(run.cells, path);
    const figure = makeFigure({
        before:
            hasChoice &&
            paths.length > 1 &&
            choiceOf(paths, path, about, (chosen) => {
                path = chosen;
                figure.draw();
            }),
        panels: [
            {
                words: () => barsInWords(rows(), path, about),
                paint: (canvas) => drawBars(canvas, rows(), path, about),
            },
        ],
        keys: (box) => legend(run, {rows: rows(), path, totals, wide: isWide(box)}),
        table: hasTable && (() => objectTable(barsTitle(path, about), run.cells, (cell) => valueAndRange(cell, path))),
    });

    return figure;
}
