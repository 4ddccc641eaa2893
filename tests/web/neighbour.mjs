// Somebody else on the same server, with curl: runs that are there already, wait before one's own, or go on meanwhile.
import assert from 'node:assert/strict';

// Of a run that is on its way for as long as a test looks: it would take minutes, and is cancelled.
export const LONG = {mode: 'serial', tasks: 1, n: 3e7, repeat: 1000, warmup: 0, timeout_ms: 600000};

export const QUICK = {mode: 'serial,threads', n: 1e5, repeat: 6, warmup: 0};

export async function ask(base, path, {client = 'neighbour', method = 'GET', body, headers} = {}) {
    const answer = await fetch(`${base}/${path}`, {
        method,
        headers: {
            Cookie: `gilscope_client=${client}`,
            'Gilscope-Owner': `the-secret-of-${client}`,
            ...(body && {'Content-Type': 'application/json'}),
            ...headers,
        },
        body: body && JSON.stringify(body),
    });

    return answer.status === 204 ? null : answer.json();
}

// The question that an experiment asks before a run: {text, choices: [{id, text}]}.
export async function questionOf(base, experiment = 'countdown') {
    return (await ask(base, 'experiments')).questions.find(({id}) => id === experiment);
}

export const start = (base, body, client) =>
    ask(base, 'run/countdown', {method: 'POST', body, client, headers: {Prefer: 'respond-async'}});
export const runNow = (base, body, client) => ask(base, 'run/countdown', {method: 'POST', body, client});

export async function stop(base, {id}, client) {
    assert.equal((await ask(base, `runs/${id}/cancel`, {method: 'POST', client})).status, 'cancelled');
}

export const link = (body) => `#lab/countdown?${new URLSearchParams(body)}`;
