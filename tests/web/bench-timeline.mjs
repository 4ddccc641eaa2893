// How long a frame of a timeline takes while it is zoomed: node bench-timeline.mjs PATH/TO/gilscope [SPANS]. It draws
// cells with so many spans (20,000) in two, eight and 64 tasks, turns the wheel in each frame, in and out again, and
// prints the median and the 95th percentile of
//   paint:  the time in the page's own code for a frame;
//   frame:  the time from frame to frame, with the browser's limit of 60 a second taken away, so that it is what a frame
//           takes, with everything that the browser does for it.
import path from 'node:path';
import {startLab} from './lab.mjs';

const [binary, spans = '20000'] = process.argv.slice(2);
const FRAMES = 240;
const LIMIT_MS = 16;

if (!binary) {
    console.error('usage: node bench-timeline.mjs PATH/TO/gilscope [SPANS]');
    process.exit(2);
}

// In the page. Tasks take turns under a lock, in slices of all lengths.
async function measure({spans: nSpans, tasks, frames}) {
    const {drawLanes} = await import('./timeline/lanes.js');
    const place = document.querySelector('main').appendChild(document.createElement('div'));
    const ran = new Array(tasks).fill(0);
    const rows = [];
    let now = 0;

    for (let i = 0; rows.length + 1 < nSpans; i++) {
        const task = i % tasks;
        const length = 1000 * (1 + ((i * 7919) % 97)) * (i % 11 === 0 ? 20 : 1);

        rows.push([task, 'wait-lock', ran[task], now], [task, 'run', now, now + length]);
        now += length;
        ran[task] = now;
    }
    const lanes = drawLanes(place, {
        cells: [{title: 'bench', spans: rows, tasks, wall_ns: now, lock: 'lock'}],
    });

    await new Promise((done) => setTimeout(done, 500));
    const canvas = place.querySelector('canvas');
    const {width, height} = canvas.getBoundingClientRect();
    const paints = [];
    const times = [];
    // Listeners of the page run before this one's next frame, so what is between is its painting.
    const ask = window.requestAnimationFrame;

    window.requestAnimationFrame = (paint) =>
        ask((at) => {
            const start = performance.now();

            paint(at);
            paints.push(performance.now() - start);
        });
    canvas.scrollIntoView({block: 'center'});
    const {left, top} = canvas.getBoundingClientRect();

    await new Promise((done) => {
        const frame = (at) => {
            times.push(at);
            if (times.length > frames) {
                done();
                return;
            }
            canvas.dispatchEvent(
                new WheelEvent('wheel', {
                    deltaY: times.length % 120 < 60 ? -40 : 40,
                    clientX: left + width * 0.6,
                    clientY: top + height / 2,
                    cancelable: true,
                }),
            );
            ask(frame);
        };

        ask(frame);
    });
    window.requestAnimationFrame = ask;
    lanes.close();
    place.remove();
    return {
        paints,
        frames: times.slice(1).map((at, i) => at - times[i]),
        size: `${canvas.width} x ${canvas.height}`,
    };
}

function rank(list, share) {
    return [...list].sort((a, b) => a - b)[Math.floor(share * (list.length - 1))];
}

const lab = await startLab(path.resolve(binary), ['--disable-frame-rate-limit', '--disable-gpu-vsync']);
let isSlow = false;

try {
    for (const width of [1280, 1920])
        for (const tasks of [2, 8, 64]) {
            const {page, close} = await lab.open('#runs', {width, height: 1000});
            const {paints, frames, size} = await page.evaluate(measure, {
                spans: Number(spans),
                tasks,
                frames: FRAMES,
            });
            const text = (list) => `${rank(list, 0.5).toFixed(2)} ms (95 %: ${rank(list, 0.95).toFixed(2)})`;

            console.log(
                `${spans} spans, ${tasks} tasks, ${size}: paint ${text(paints)}, frame ${text(frames)}`,
            );
            isSlow ||= rank(frames, 0.5) >= LIMIT_MS;
            await close();
        }
} finally {
    await lab.finish();
}
process.exit(isSlow ? 1 : 0);
