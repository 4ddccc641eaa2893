// What stands around the lanes: which cell comes first, what each is called, what there is to say of it, and the keys.
import {el} from '../core/dom.js';
import {sentence, when} from '../core/format.js';

// Of a cell that the address does not name: the first in which a task waited for the lock, or else the first with spans.
export function firstCell({cells}) {
    const at = (has) => cells.findIndex(has);
    const places = [
        at(({spans}) => spans.some(([, kind]) => kind === 'wait-lock')),
        at(({reason}) => !reason),
        0,
    ];

    return places.find((place) => place >= 0);
}

// Where there are two, their titles say whose they are if they are of different runs.
export function titled(loaded, picks) {
    const isOfTwo = loaded.length > 1 && loaded[0].run.id !== loaded[1].run.id;

    return picks.map(({cell}, i) => {
        const {run, cells} = loaded[i];
        const whose = run.label ? `“${run.label}”` : when(run.created_at);

        return isOfTwo ? {...cells[cell], title: `${cells[cell].title}, ${whose}`} : cells[cell];
    });
}

// What there is to say of each cell; where there are two, with its title.
export function notes(cells) {
    const lines = cells.flatMap(({title, reason, notes: said}) =>
        [...(reason ? [`It has no timeline: ${sentence(reason)}`] : []), ...said].map((text) =>
            cells.length > 1 ? `${title}: ${text}` : text,
        ),
    );

    return (
        lines.length > 0 &&
        el(
            'ul',
            {class: 'timeline-list'},
            lines.map((text) => el('li', {}, text)),
        )
    );
}

export function keysHelp() {
    const key = (name) => el('kbd', {}, name);
    const line = (...parts) => el('p', {}, ...parts);

    return el(
        'div',
        {class: 'timeline-keys'},
        line('Wheel or pinch: zoom. Drag: move along. A click gives a span the focus.'),
        line(
            key('←'),
            ' ',
            key('→'),
            ' the span before and after, ',
            key('↑'),
            ' ',
            key('↓'),
            ' the lane above and below, ',
            key('Home'),
            ' ',
            key('End'),
            ' the first and the last.',
        ),
        line(
            key('+'),
            ' ',
            key('−'),
            ' zoom, ',
            key('Enter'),
            ' zooms to the span, ',
            key('0'),
            ' shows all; ',
            key('Shift'),
            ' with ',
            key('←'),
            ' ',
            key('→'),
            ' moves along.',
        ),
    );
}
