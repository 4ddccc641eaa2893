// Charts as pictures: what a canvas shows is painted once for light and dark and for narrow and wide, and a file takes
// the one that fits whoever opens it. The charts are those of the page; here they are only drawn where nobody sees it.
import {loadChart} from '../charts/chart.js';
import {el} from '../core/dom.js';
import {repaintSigns} from '../core/signs.js';

const SCHEME = 'prefers-color-scheme: dark';
const NARROW = '(max-width: 40rem)';
const SHAPES = [
    {width: 340, media: [NARROW]},
    {width: 760, media: []},
];
const SHARP = 2; // pixels of a picture for each of the page
// Less than half of what PNG takes, with no loss that an eye sees; a browser that cannot write it writes PNG instead.
const KIND = ['image/webp', 0.9];

// The custom properties of both themes, as the style sheet has them: [light, dark].
function themesOf(css) {
    const sheet = new CSSStyleSheet();

    sheet.replaceSync(css);
    const root = (rules) => [...rules].find(({selectorText}) => selectorText === ':root').style;
    const dark = [...sheet.cssRules].find(({conditionText}) => conditionText?.includes(SCHEME));
    const colours = (style) =>
        [...style].filter((name) => name.startsWith('--')).map((name) => [name, style.getPropertyValue(name)]);
    const light = colours(root(sheet.cssRules));

    return [
        {media: [], colours: light},
        {media: [`(${SCHEME})`], colours: [...light, ...colours(root(dark.cssRules))]},
    ];
}

function wear({colours}) {
    for (const [name, value] of colours) document.documentElement.style.setProperty(name, value);
}

function undress({colours}) {
    for (const [name] of colours) document.documentElement.style.removeProperty(name);
}

// The most special comes first, as the browser takes the first source that fits; the last one is the image itself.
function pictureOf(canvas, shots) {
    const sorted = [...shots].sort((a, b) => b.media.length - a.media.length);
    const isSign = canvas.matches('.sign');
    const alt = isSign ? '' : canvas.getAttribute('aria-label');
    const image = el('img', {src: sorted.at(-1).url, alt, class: canvas.className});

    return el(
        'picture',
        {},
        sorted.slice(0, -1).map(({media, url}) => el('source', {media: media.join(' and '), srcset: url})),
        image,
    );
}

// Puts pictures in the place of all canvases of a node that is not in the page; draw() draws its charts and returns a
// promise. Nothing of this is ever seen: with the library there, drawing waits for nothing, and the browser paints the
// page when all is as it was.
export async function takePictures(node, draw, css) {
    const Chart = await loadChart();
    const themes = themesOf(css);
    const shots = new Map(); // canvas -> [{media, url}]
    const holder = el('div', {'aria-hidden': 'true'}, node);
    const usual = Chart?.defaults.devicePixelRatio;
    const shoot = (canvas, media) => {
        shots.set(canvas, [...(shots.get(canvas) ?? []), {media, url: canvas.toDataURL(...KIND)}]);
    };

    Object.assign(holder.style, {position: 'fixed', left: '-200rem', top: '0', fontSize: '16px'});
    document.body.append(holder);
    try {
        if (Chart) Chart.defaults.devicePixelRatio = SHARP;
        for (const theme of themes) {
            wear(theme);
            repaintSigns();
            for (const sign of node.querySelectorAll('canvas.sign')) shoot(sign, theme.media);
            for (const {width, media} of Chart ? SHAPES : []) {
                holder.style.width = `${width}px`;
                await draw();
                for (const canvas of node.querySelectorAll('canvas[role=img]'))
                    shoot(canvas, [...theme.media, ...media]);
            }
        }
    } finally {
        if (Chart) Chart.defaults.devicePixelRatio = usual;
        themes.forEach(undress);
        holder.remove();
        repaintSigns();
    }
    for (const [canvas, taken] of shots) canvas.replaceWith(pictureOf(canvas, taken));
    for (const canvas of node.querySelectorAll('canvas')) canvas.remove();
}
