// The curl line that does the same, and a button that copies it.
import {path} from './address.js';
import {hasToken} from './api.js';
import {el} from './dom.js';

// The page may live below a prefix of a proxy, so its own address is what the line begins with. A token is not written
// out: the line may end on a projector. The shell puts it in, so that part stands in double quotes; single ones keep &
// and whatever else is in the address.
export function curlTo(address) {
    const header = hasToken() ? '-H "Authorization: Bearer $GILSCOPE_TOKEN" ' : '';

    return `curl ${header}'${new URL(address, document.baseURI)}'`;
}

export function curlLine(experiment, values, format = '') {
    return curlTo(path(experiment, format ? {...values, format} : values));
}

// A box with the line. formats: the choices of the parameter format, or none. Returns {node, show}, where
// show(experiment, values) puts another line into it; the format that was chosen stays. json is what the
// server answers anyway, so it is not in the line.
export function curlBox(title, formats = []) {
    const line = el('code', {});
    const said = el('span', {class: 'said', role: 'status'});
    const shown = {experiment: null, values: {}, format: ''};
    const token = el('p', {class: 'hint'}, 'Before it, for this shell: export GILSCOPE_TOKEN=… with the token.');
    const update = () => {
        line.textContent = curlLine(shown.experiment, shown.values, shown.format);
        token.hidden = !hasToken();
        said.textContent = '';
    };
    const choose = (event) => {
        shown.format = event.target.value;
        update();
    };
    const copy = async () => {
        said.textContent = (await copyText(line)) ? 'Copied.' : 'Selected: press Ctrl+C.';
    };
    const choice =
        formats.length > 0 &&
        el(
            'label',
            {},
            'answer as ',
            el(
                'select',
                {on: {change: choose}},
                formats.map((name) => el('option', {value: name === 'json' ? '' : name}, name)),
            ),
        );

    return {
        node: el(
            'div',
            {class: 'curl'},
            el('p', {class: 'curl-title'}, title, choice && ' ', choice),
            el('pre', {tabindex: 0, 'aria-label': 'curl line'}, line),
            token,
            el('button', {type: 'button', on: {click: copy}}, 'Copy'),
            ' ',
            said,
        ),
        show(experiment, values) {
            Object.assign(shown, {experiment, values});
            update();
        },
    };
}

// The clipboard is for trustworthy origins only; a workshop server on plain HTTP is none. Then the text is
// selected, which a key press copies.
async function copyText(node) {
    try {
        await navigator.clipboard.writeText(node.textContent);
        return true;
    } catch {
        getSelection().selectAllChildren(node);
        return false;
    }
}
