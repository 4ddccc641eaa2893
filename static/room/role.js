// Who leads: whether this page has the instructor's token, how somebody gives it, and what a server needs that has
// none.
import {setToken} from '../core/api.js';
import {el} from '../core/dom.js';
import {askRole, takeToken} from '../core/leading.js';
import {isLeading, keepLeading} from '../core/person.js';

function setUp() {
    return [
        el('p', {}, 'Nobody can lead a class on this server yet: it has no token for an instructor, a secret by which it would know one. Whoever runs the server can give it one, of 8 letters or more, and start it again:'),
        el('pre', {tabindex: 0, 'aria-label': 'Command'}, el('code', {}, 'GILSCOPE_SERVER_INSTRUCTOR_TOKEN=SECRET scripts/run.sh')),
        el('p', {class: 'hint'}, 'Or the line instructor_token = SECRET goes into the part [server] of config.ini. The page docs/workshop.md of gilscope says more on a class.'),
    ];
}

// The part of the view by which somebody becomes the instructor, or stops being it. changed() is called then, and
// returns a promise.
// Returns {node, ask()}; ask() asks the server who this is, and throws what it refuses.
export function rolePart(changed) {
    const node = el('div', {class: 'role'});

    async function lead() {
        await takeToken('Lead this class');
        await changed();
        node.querySelector('button')?.focus();
    }

    async function leave() {
        setToken(null);
        keepLeading(false);
        await changed();
        node.querySelector('button')?.focus();
    }

    function show(instructor) {
        node.replaceChildren(
            ...{
                you: [
                    el('p', {}, 'You lead: this tab has the instructor’s token until it is closed. ', el('button', {type: 'button', class: 'link', on: {click: leave}}, 'Give it back')),
                ],
                other: [el('p', {}, 'You are the instructor? ', el('button', {type: 'button', on: {click: lead}}, 'Lead this class'))],
                none: setUp(),
            }[instructor],
        );
    }

    return {
        node,
        isLeading,
        async ask() {
            show(await askRole());
        },
    };
}
