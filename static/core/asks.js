// What those who asked for a run expected of it, in words. The server judges predictions; here its ids become the
// texts of the catalog. An ask is an entry of a run's asks, or a row of GET /runs, which has the same members.
import {questionOf} from './catalog.js';

const HIDDEN = 'hidden until the instructor shows the predictions';
const HELD = new Map([
    [true, 'held'],
    [false, 'did not hold'],
    [null, 'cannot be told'],
]);

// null if there is no such question here any more.
export function questionText(catalog, id) {
    return questionOf(catalog, id)?.text ?? null;
}

// A run of before there were questions has any text as its prediction, which stands for itself.
export function choiceText(catalog, question, choice) {
    return questionOf(catalog, question)?.choices.find(({id}) => id === choice)?.text ?? choice;
}

// Whether a prediction held: "held"; nothing while the run is not over.
function heldText(catalog, {question, outcome, held}) {
    const came = held === false && outcome ? `: it was “${choiceText(catalog, question, outcome)}”` : '';

    return `${HELD.get(held ?? null)}${came}`;
}

// "“about as long”, held"; "“about as long”, did not hold: it was “much longer”"; "hidden until …"; null if nothing
// was predicted.
export function predictionText(catalog, ask, isOver) {
    if (ask.hidden && ask.answered !== false) return HIDDEN;
    if (!ask.prediction) return null;
    const said = `“${choiceText(catalog, ask.question, ask.prediction)}”`;

    return isOver && ask.question ? `${said}, ${heldText(catalog, ask)}` : said;
}
