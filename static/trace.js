// The timeline of a run as a file for Perfetto.
import {ask, hasToken, refusal} from './api.js';
import {el} from './dom.js';
import {sentence} from './format.js';

// A link cannot carry a token; then the file is fetched and saved from here. Without a token the browser does
// it by itself, and nothing of a large file has to pass through the page.
async function save(path, name) {
    const answer = await ask(path);

    if (!answer.ok) throw await refusal(answer);
    const url = URL.createObjectURL(await answer.blob());

    el('a', {href: url, download: name}).click();
    // The browser takes the file over some time after the click.
    setTimeout(() => URL.revokeObjectURL(url), 60000);
}

export function traceLink(id) {
    const path = `runs/${id}/trace`;
    const name = `gilscope-${id}.json`;
    const said = el('span', {class: 'bad', role: 'status'});
    const click = (event) => {
        if (!hasToken()) return;
        event.preventDefault();
        save(path, name).catch((error) => {
            said.textContent = ` ${sentence(error.message)}`;
        });
    };

    return el(
        'p',
        {},
        el('a', {href: path, download: name, on: {click}}, 'Download trace'),
        ': open ',
        el('code', {}, 'ui.perfetto.dev'),
        ' and drop the file there to see what each task did when.',
        said,
    );
}
