// The charts that fit a run. A kind of chart is a row of the table below: whether it fits, what it is called, and what
// makes it; so a view asks for the charts of a run and need not know which there are.
import {barsFigure, hasBars} from './bars-figure.js';
import {hasLatencies, latencyFigure} from './latency.js';
import {hasLines, linesFigure, linesTitle} from './lines.js';
import {hasLost, lostFigure} from './lost.js';
import {hasMemory, memoryFigure} from './memory.js';

const KINDS = [
    {kind: 'lines', title: linesTitle, fits: hasLines, make: linesFigure},
    {kind: 'latency', title: () => 'How long answers took', fits: hasLatencies, make: latencyFigure},
    {kind: 'memory', title: () => 'What each task costs in memory', fits: hasMemory, make: memoryFigure},
    {kind: 'lost', title: () => 'Updates that were lost', fits: hasLost, make: lostFigure},
    {kind: 'bars', title: () => 'Bars', fits: (run, {about}) => hasBars(run, about), make: barsFigure},
];

const SHOW_FIGURE = ['memory', 'lost']; // charts that show the bars of the figure that the experiment is about

// The charts of a run, the best first, or those of one kind: [{kind, title, node, draw(), close()}]. A node is put into
// the page first and then drawn. options, all of them optional: about, what the experiment is about where an old run
// does not say it; totals, the metrics that are sums over all repetitions; hasTable: false where a better table
// stands beside the charts, and hasChoice: false where nothing is to be chosen.
export function chartsFor(run, kind = null, options = {}) {
    const all = {hasTable: true, ...options, about: run.about ?? options.about ?? {}};

    const chosen = KINDS.filter((one) => (kind === null || one.kind === kind) && one.fits(run, all));
    const isShown = chosen.some((one) => SHOW_FIGURE.includes(one.kind));

    return chosen.map((one) => ({kind: one.kind, title: one.title(run), ...one.make(run, {...all, isShown})}));
}
