// The class: who has done what everybody does next, what they expected and what came out; and for the instructor all
// that leads it. The room and the runs come from the feed, and everybody sees the same of them but for the controls.
import {askJson, Refused} from '../core/api.js';
import {byId, el} from '../core/dom.js';
import {watchRoom} from '../core/feed.js';
import {addressOf} from '../core/next.js';
import {answersTo, peopleOf} from '../core/people.js';
import {showProblem} from '../core/problem.js';
import {hide, makeBoard} from './board.js';
import {makeInvite} from './invite.js';
import {makeLead} from './lead.js';
import {makeOutcome} from './outcome.js';
import {rolePart} from './role.js';
import {makeTally} from './tally.js';

const CONNECTION = {
    connecting: 'Connecting to the server.',
    connected: '',
    lost: 'The connection was lost; trying again. What stands here may be old.',
    locked: 'This server shows the class to those who have its token.',
    refused: 'The server does not show the class to this page.',
};

const NO_CLASS =
    'A class is several people at one server, each with a page of their own. The instructor says what everybody does next; ' +
    'it stands at the top of each page, with one button that leads there. Everybody says first what they expect, and the ' +
    'answers stay hidden until the instructor reveals them.';

// The hash may hand over what stood in the lab: #class?from=%23lab%2Fcountdown
function handedOver() {
    return new URLSearchParams(/^#class\?(.*)/.exec(location.hash)?.[1] ?? '').get('from');
}

// marked are the names that are marked at a field, the one in which an address stands.
function refuse(error, marked = []) {
    if (!(error instanceof Refused)) throw error;
    showProblem(byId('problem'), error.problem, {
        hasField: (name) => marked.includes(name),
        goTo: () => byId('next-address').focus(),
    });
}

export async function open(place, {catalog}) {
    const said = el('p', {class: 'hint', role: 'status'});
    const unlock = el('button', {type: 'button', hidden: true, on: {click: () => role.ask().catch(refuse)}}, 'Give the token');
    const title = el('h2', {id: 'class-title', tabindex: -1}, 'Class');
    const about = el('p', {class: 'lead-in'}, NO_CLASS);
    const board = makeBoard(catalog);
    const tally = makeTally(catalog);
    const outcome = makeOutcome(catalog);
    const lead = makeLead(catalog, {act, peek: () => show()});
    const invite = makeInvite();
    const role = rolePart(() => refresh());
    const parts = el(
        'div',
        {class: 'room-parts'},
        el('div', {class: 'room-lead'}, lead.node, invite.node),
        el('div', {class: 'room-board'}, tally.node, outcome.node, board.node),
    );
    let state = null;

    // Everything that leads changes the class, and everybody hears of it by the feed, this page too.
    async function act(action, next) {
        byId('problem').replaceChildren();
        try {
            await askJson('class', {method: 'POST', body: {action, ...next}});
        } catch (error) {
            refuse(error, lead.mark(error.problem?.errors ?? []));
        }
    }

    function show(told = state) {
        state = told;
        const {room, rows, status} = told;
        const isLeading = role.isLeading();

        if (isLeading) lead.show(room);
        const isHidden = room.on && !room.revealed && !(isLeading && lead.isPeeking());
        const answers = room.next ? answersTo(room.next, peopleOf(rows)) : [];

        title.textContent = room.next ? `Class: ${room.next.title}` : 'Class';
        said.textContent = CONNECTION[status];
        unlock.hidden = status !== 'locked';
        about.hidden = room.on;
        lead.node.hidden = invite.node.hidden = !isLeading;
        tally.show(room.next, hide(answers, isHidden), isHidden);
        outcome.show(isHidden ? [] : answers).catch(refuse);
        board.show(told, isHidden);
        placeRole(room.on);
    }

    // How a class begins stands first where none is on.
    function placeRole(isOn) {
        if (isOn && place.lastElementChild !== role.node) place.append(role.node);
        if (!isOn && parts.previousElementSibling !== role.node) parts.before(role.node);
    }

    // Who this is may have changed by a token that was given elsewhere.
    async function refresh() {
        try {
            await role.ask();
        } catch (error) {
            if (place.isConnected) refuse(error);
        }
        if (state) show();
    }

    function update() {
        const from = handedOver();

        document.title = 'Class, gilscope';
        // After the frame has given the focus to the heading of a view that opens.
        if (from && role.isLeading()) setTimeout(() => lead.take(from).catch(refuse));
    }

    place.append(
        el('div', {class: 'room-title'}, title, said, unlock),
        about,
        parts,
    );
    await refresh();
    if (!place.isConnected) return {}; // another view has been opened meanwhile
    const unwatch = watchRoom(show);

    update();
    return {
        update,
        close: unwatch,
        redraw: () => outcome.draw(),
        // On a projector: the step after this one, the way to what is asked for, and the answers.
        keys: {
            next: () => role.isLeading() && lead.following(state.room.next).catch(refuse),
            run: () => state.room.next && (location.hash = addressOf(state.room.next)),
            reveal: () => role.isLeading() && state.room.next && act(state.room.revealed ? 'hide' : 'reveal'),
        },
    };
}
