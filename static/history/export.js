// Saving a run or a comparison: as JSON, CSV or Markdown, which the server writes, and as one HTML file that opens
// without a server.
import {el} from '../core/dom.js';
import {sentence} from '../core/format.js';
import {saveAnswer, saveBlob} from '../core/save.js';

// The server's names of its formats, what people call them, and how a file's name ends.
const FORMATS = [
    ['json', 'JSON', 'json'],
    ['csv', 'CSV', 'csv'],
    ['markdown', 'Markdown', 'md'],
];

// A label may be anything; what is left of it may stand in a file's name everywhere.
function slug(text) {
    return (text ?? '')
        .replace(/[^\p{L}\p{N}]+/gu, '-')
        .slice(0, 40)
        .replace(/^-+|-+$/g, '');
}

// The last digits of an id are its random ones.
const tail = (id) => id.slice(-6);
const day = ({created_at: created}) => created.slice(0, 10);

// gilscope-countdown-ann-2026-11-26-NDP8X1
function runName(run) {
    return ['gilscope', run.experiment, slug(run.label), day(run), tail(run.id)].filter(Boolean).join('-');
}

// gilscope-countdown-few-beside-many-2026-11-26
function pairName({baseline, candidate}) {
    const [one, other] = [baseline, candidate].map((run) => slug(run.label) || tail(run.id));

    return `gilscope-${candidate.experiment}-${other}-beside-${one}-${day(candidate)}`;
}

// The buttons. what is what they save, path(format) the address of the server's answer, name the file's without its
// ending, page() a promise of the HTML. What came of a click is said beside them.
function saver({what, path, name, page}) {
    const said = el('span', {role: 'status', class: 'hint'});
    const button = (text, file, save) =>
        el('button', {type: 'button', on: {click: () => run(file, save)}}, text);

    async function run(file, save) {
        said.classList.remove('bad');
        said.textContent = 'Making the file …';
        try {
            await save(file);
            said.textContent = `Saved as ${file}.`;
        } catch (error) {
            said.classList.add('bad');
            said.textContent = sentence(error.message);
        }
    }

    return el(
        'div',
        {class: 'buttons export', role: 'group', 'aria-label': `Export ${what}`},
        el('span', {}, `Export ${what}:`),
        FORMATS.map(([format, text, ending]) =>
            button(text, `${name}.${ending}`, (file) => saveAnswer(path(format), file)),
        ),
        button('HTML page', `${name}.html`, async (file) =>
            saveBlob(new Blob([await page()], {type: 'text/html'}), file),
        ),
        said,
    );
}

// A run, or the row of one.
export function runSaver(run) {
    return saver({
        what: 'this run',
        path: (format) => `runs/${run.id}?format=${format}`,
        name: runName(run),
        page: async () => (await import('./export-page.js')).runPage(run.id),
    });
}

// A pair as compare.js reads it.
export function comparisonSaver(pair) {
    const {baseline, candidate} = pair;

    return saver({
        what: 'this comparison',
        path: (format) => `compare?baseline=${baseline.id}&candidate=${candidate.id}&format=${format}`,
        name: pairName(pair),
        page: async () => (await import('./export-page.js')).comparisonPage(pair),
    });
}
