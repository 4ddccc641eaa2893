// The people in a room: one for each who asked for a run, also where several joined the same one. Pure functions on
// the rows of the feed, in words that need no explanation.
import {count} from './format.js';
import {ordinal} from './progress.js';

const ENDS = {done: 'done', failed: 'failed', timeout: 'failed', cancelled: 'cancelled'};
const WORDS = {
    running: 'runs now',
    done: 'done',
    failed: 'went wrong',
    cancelled: 'stopped before its end',
    left: 'left before its end',
};

// Somebody who left a run that goes on for others waits for nothing any more.
function stateOf({status}, {waiting}) {
    if (ENDS[status]) return ENDS[status];
    if (waiting === false) return 'left';
    return status === 'running' ? 'running' : 'waiting';
}

function wordsFor(state, {position}) {
    if (state !== 'waiting') return WORDS[state];
    return position > 1 ? `waits, ${ordinal(position)} in line` : 'waits, next in line';
}

// [{run, label, person, question, prediction, outcome, held, hidden, yours, state, words}], those who came last first.
export function peopleOf(rows) {
    return rows.flatMap((run) =>
        run.asks
            .map((ask) => {
                const state = stateOf(run, ask);

                return {...ask, run, state, words: wordsFor(state, run)};
            })
            .reverse(),
    );
}

// Milliseconds at which a run was over; Infinity if it is not.
function endOf({status, created_at: created, queued_ns: queued = 0, duration_ns: took = 0}) {
    return ENDS[status] ? Date.parse(created) + (queued + took) / 1e6 : Infinity;
}

// Two who share a browser have two names; two of one name have two browsers. An ask of nobody that is known is one of its
// own.
const keyOf = ({person, label}, i) => (person ? JSON.stringify([person, label]) : i);

// One for each person, although some do it again: the first prediction counts, as after it they have seen what comes
// out. What was cancelled or went wrong shows nothing, and is passed over where there is another. people: the last first.
function onePerPerson(people) {
    const tries = new Map();

    people.forEach((person, i) => {
        const key = keyOf(person, i);

        tries.set(key, [person, ...(tries.get(key) ?? [])]);
    });
    const counting = [...tries.values()].map((all) => {
        const good = all.filter(({state}) => ['waiting', 'running', 'done'].includes(state));

        return good.find(({answered}) => answered) ?? good[0] ?? all.at(-1);
    });

    return people.filter((person) => counting.includes(person));
}

// Those who did what comes next. What was over before it was asked for was something else, even if it looks the same.
export function answersTo(next, people) {
    const question = next.question ?? next.experiment;
    const isAnswer = ({run, question: answered}) =>
        run.experiment === next.experiment &&
        (!question || !answered || answered === question) &&
        endOf(run) >= Date.parse(next.since);

    return next.experiment ? onePerPerson(people.filter(isAnswer)) : [];
}

export function nameOf({label, yours}) {
    return `${label ?? 'no name'}${yours ? ' (you)' : ''}`;
}

// "5 have booked: 2 wait, 1 runs, 2 are done"
export function headCount(people) {
    const n = (state) => people.filter((person) => person.state === state).length;
    const verb = (state, one, many) => n(state) > 0 && `${count(n(state))} ${n(state) === 1 ? one : many}`;
    const parts = [
        verb('waiting', 'waits', 'wait'),
        verb('running', 'runs', 'run'),
        verb('done', 'is done', 'are done'),
        verb('failed', 'went wrong', 'went wrong'),
        verb('cancelled', 'was stopped', 'were stopped'),
        verb('left', 'left', 'left'),
    ];

    if (people.length === 0) return 'Nobody has booked yet.';
    return `${count(people.length)} ${people.length === 1 ? 'has' : 'have'} booked: ${parts.filter(Boolean).join(', ')}.`;
}
