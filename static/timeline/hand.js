// Wheel, fingers, mouse and keys on a canvas, as what they mean: zoom, pan, point, pick. Positions are pixels of the
// page from the canvas's corner.

const CLICK = 4; // pixels that a hand moves without meaning it
const WHEEL_DOUBLES = 240; // pixels of wheel that double or halve
const SWALLOW_MS = 400;

function wheelPixels({deltaY, deltaX, deltaMode, shiftKey}) {
    const unit = [1, 20, 400][deltaMode];
    const isSideways = shiftKey || Math.abs(deltaX) > Math.abs(deltaY);

    return {isSideways, size: unit * (isSideways ? deltaX || deltaY : deltaY)};
}

// The wheel zooms while it can: where all is in view already, or nothing finer can be seen, the page scrolls as ever.
// The rest of a swing that began with a zoom is not for the page.
function onWheel(node, act) {
    let last = -Infinity;

    node.addEventListener(
        'wheel',
        (event) => {
            if (!act.takesWheel(event)) return;
            const {isSideways, size} = wheelPixels(event);
            // A pinch on a trackpad comes as a wheel with Ctrl, in smaller steps.
            const factor = 2 ** (-size / (event.ctrlKey ? WHEEL_DOUBLES / 6 : WHEEL_DOUBLES));
            const isDone = isSideways ? act.pan(size) : act.zoom(factor, event.offsetX);

            if (isDone) last = event.timeStamp;
            if (isDone || event.ctrlKey || event.timeStamp - last < SWALLOW_MS) event.preventDefault();
        },
        {passive: false},
    );
}

// One pointer drags, two pinch. A finger that moves up or down scrolls the page (touch-action in lanes.css); then the
// browser takes it away, and says so.
function onPointers(node, act) {
    const down = new Map(); // by id: where each is
    let moved = 0;
    const spread = () => {
        const [a, b] = [...down.values()];

        return {apart: Math.max(10, Math.hypot(a.x - b.x, a.y - b.y)), middle: (a.x + b.x) / 2};
    };
    const at = ({offsetX: x, offsetY: y}) => ({x, y});
    const drag = (event) => {
        const was = down.get(event.pointerId);
        const before = down.size === 2 && spread();
        const is = at(event);

        down.set(event.pointerId, is);
        moved += Math.abs(is.x - was.x) + Math.abs(is.y - was.y);
        if (before) {
            const after = spread();

            act.pan(before.middle - after.middle);
            act.zoom(after.apart / before.apart, after.middle);
        } else if (down.size === 1 && moved > CLICK) {
            act.pan(was.x - is.x);
            if (event.pointerType !== 'touch') act.scroll(was.y - is.y);
        }
    };
    const up = (event) => {
        if (down.delete(event.pointerId) && event.type === 'pointerup' && moved <= CLICK) act.pick(at(event));
        node.classList.toggle('dragged', down.size > 0);
    };

    node.addEventListener('pointerdown', (event) => {
        if (event.button !== 0) return;
        if (down.size === 0) moved = 0;
        down.set(event.pointerId, at(event));
        node.setPointerCapture(event.pointerId);
        node.classList.add('dragged');
    });
    node.addEventListener('pointermove', (event) => {
        if (down.has(event.pointerId)) drag(event);
        else if (event.pointerType !== 'touch') act.point(at(event));
    });
    node.addEventListener('pointerup', up);
    node.addEventListener('pointercancel', up);
    node.addEventListener('pointerleave', () => act.point(null));
    node.addEventListener('dblclick', (event) => act.zoom(event.shiftKey ? 0.5 : 2, event.offsetX));
}

// What a key does, by its name. With Shift an arrow moves what is in view, and without it goes to the next span.
const KEYS = {
    '+': (act) => act.zoom(2),
    '=': (act) => act.zoom(2),
    '-': (act) => act.zoom(0.5),
    0: (act) => act.whole(),
    Escape: (act) => act.whole(),
    ArrowLeft: (act) => act.step(-1, 0),
    ArrowRight: (act) => act.step(1, 0),
    ArrowUp: (act) => act.step(0, -1),
    ArrowDown: (act) => act.step(0, 1),
    'Shift+ArrowLeft': (act) => act.panShare(-0.25),
    'Shift+ArrowRight': (act) => act.panShare(0.25),
    PageUp: (act) => act.panShare(-1),
    PageDown: (act) => act.panShare(1),
    Home: (act) => act.end(-1),
    End: (act) => act.end(1),
    Enter: (act) => act.closer(),
};

export const KEYS_TEXT =
    'Left and Right go from span to span, Up and Down from lane to lane, Home and End to the first and the last. ' +
    'Plus and minus zoom, Enter zooms to the span, 0 shows all. Shift with an arrow, Page Up and Page Down move along.';

function onKeys(node, act) {
    node.addEventListener('keydown', (event) => {
        if (event.ctrlKey || event.altKey || event.metaKey) return;
        const isArrow = event.key.startsWith('Arrow');
        const found = KEYS[isArrow && event.shiftKey ? `Shift+${event.key}` : event.key];

        if (!found) return;
        // Escape has other uses where there is nothing to undo.
        if (found(act) !== false) event.preventDefault();
    });
}

// act: {takesWheel(event), zoom(factor, x), pan(pixels), scroll(pixels), point({x, y} or null), pick({x, y}), whole(), step(along,
// across), panShare(share of what is in view), end(direction), closer()}. zoom(), pan() and whole() say whether
// anything changed.
export function listen(node, act) {
    onWheel(node, act);
    onPointers(node, act);
    onKeys(node, act);
    node.addEventListener('focus', () => act.focused(true));
    node.addEventListener('blur', () => act.focused(false));
}
