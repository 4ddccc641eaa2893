// One HTML file of what the page shows: it holds its style and its pictures, has no script, and asks nobody for
// anything. Parts of the page are taken out of it: charts become pictures, what is folded is made, words are explained
// in a list, and what could be pressed is left out.
//
// Labels and reasons come from strangers. They are text nodes from beginning to end (dom.js), and the browser itself
// writes the file from them, so none can become markup; and a policy in the file forbids scripts and requests anyhow.
import {el} from '../core/dom.js';
import {when} from '../core/format.js';
import {meaningOf} from '../core/glossary.js';
import {takePictures} from './export-pictures.js';

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
// Links to what the file does not hold; what is said around them goes with them.
const ELSEWHERE = 'a[download], a[href^="#timeline"]';
// What only the file needs.
const OWN_STYLE = `
main > section { background: var(--panel); border: 1px solid var(--line); border-radius: 0.6rem; padding: 1rem; }
main > section { display: grid; gap: 0.8rem; grid-template-columns: minmax(0, 1fr); }
picture { display: contents; }
.chart img { display: block; width: 100%; max-width: 47.5rem; height: auto; }
.chart { height: auto !important; }
.saved-words { margin: 0; }
.saved-words dt { font-weight: 600; }
.saved-words dd { margin: 0 0 0.5rem; }
`;

async function readStyle(path) {
    const answer = await fetch(path);

    if (!answer.ok) throw new Error(`The style sheet ${path} could not be read`);
    return answer.text();
}

// Folded parts are made when they are opened; a file has to have them all.
function unfold(node) {
    for (const details of node.querySelectorAll('details.fold')) {
        details.open = true;
        details.dispatchEvent(new Event('toggle'));
        details.open = false;
    }
}

// Without its server nothing can be pressed, and addresses within the page lead nowhere.
function disarm(node) {
    for (const link of node.querySelectorAll(ELSEWHERE)) (link.closest('p') ?? link).remove();
    for (const label of node.querySelectorAll('label')) label.remove();
    for (const part of node.querySelectorAll('button, select, input, textarea, [role=status], .export')) {
        if (part.matches('button.link, button.term')) part.replaceWith(...part.childNodes);
        else part.remove();
    }
    for (const link of node.querySelectorAll('a')) link.replaceWith(...link.childNodes);
    for (const part of node.querySelectorAll('[hidden]')) part.remove();
}

// What was explained by a press on the page is explained in a list. To be asked before disarm().
function wordsOf(nodes) {
    const terms = nodes.flatMap((node) => [...node.querySelectorAll('button.term')]);
    const words = [...new Set(terms.map(({dataset}) => dataset.word))];

    return (
        words.length > 0 &&
        el(
            'section',
            {},
            el('h2', {}, 'Words'),
            el(
                'dl',
                {class: 'saved-words'},
                words.map((word) => el('div', {}, el('dt', {}, word), el('dd', {}, meaningOf(word)))),
            ),
        )
    );
}

function documentOf(title, css, parts) {
    const html = el(
        'html',
        {lang: 'en'},
        el(
            'head',
            {},
            el('meta', {charset: 'utf-8'}),
            el('meta', {'http-equiv': 'Content-Security-Policy', content: POLICY}),
            el('meta', {name: 'viewport', content: 'width=device-width, initial-scale=1'}),
            el('meta', {name: 'color-scheme', content: 'light dark'}),
            el('title', {}, title),
            el('style', {}, css + OWN_STYLE),
        ),
        el('body', {}, el('main', {}, parts)),
    );

    return `<!DOCTYPE html>\n${html.outerHTML}\n`;
}

// Returns a promise of the text of the file. facts stand below the title; section is filled already, and draw() draws
// its charts; more are nodes below it; styles are the sheets that it needs besides style.css.
export async function savedPage({title, facts, section, draw, more, styles}) {
    const home = new URL('.', document.baseURI);
    const css = (await Promise.all(['style.css', ...styles].map(readStyle))).join('\n');

    unfold(section);
    await takePictures(section, draw, css);
    const words = wordsOf([section, ...more]);

    for (const node of [section, ...more]) disarm(node);
    return documentOf(title, css, [
        el('h1', {}, title),
        el('p', {class: 'facts'}, facts),
        section,
        ...more,
        words,
        el('p', {class: 'hint'}, `Saved ${when(new Date().toISOString())} from gilscope at ${home}.`),
    ]);
}
