// One run at a time: posts the request, and lets go of it when asked, which ends the run on the server.

// Returns one of {run}, {problem}, {cancelled: true}. A run that timed out or crashed comes with an HTTP
// error too, but it is a run; a problem is RFC 9457, or made here in the same form when the answer is none.
export async function postRun(experiment, values, signal) {
    try {
        const answer = await fetch(`run/${encodeURIComponent(experiment)}`, {
            method: 'POST',
            headers: {
                'Content-Type': 'application/json',
                Accept: 'application/json, application/problem+json',
            },
            body: JSON.stringify(values),
            cache: 'no-store',
            signal,
        });

        return await readAnswer(answer);
    } catch (error) {
        if (signal.aborted) return {cancelled: true};
        return {
            problem: {
                title: 'No answer',
                detail: `The server cannot be reached, or went away: ${error.message}. Is it running?`,
            },
        };
    }
}

async function readAnswer(answer) {
    const type = answer.headers.get('Content-Type') ?? '';
    const retry = answer.headers.get('Retry-After');

    if (!/[/+]json\b/.test(type))
        return {
            problem: {
                title: `${answer.status} ${answer.statusText}`,
                status: answer.status,
                detail: 'The answer is not JSON. Is something else between this page and gilscope?',
            },
        };
    const body = await answer.json();

    if (Array.isArray(body.cells)) return {run: body};
    return {problem: retry ? {...body, retry_after_s: retry} : body};
}

// The running time in a node, ten times a second, until stop() is called.
export function startClock(node) {
    const start = performance.now();
    const show = () => {
        node.textContent = `${((performance.now() - start) / 1000).toFixed(1)} s`;
    };
    const timer = setInterval(show, 100);

    show();
    return {stop: () => clearInterval(timer)};
}
