// The steps of the story, as far as a class is concerned: [{id, title, next}], where next is what POST /class takes.
// The story's table is loaded when it is first asked for.
import {late} from '../core/api.js';

export async function loadSteps(catalog) {
    const {stepsOf} = await late(() => import('../story/steps.js'));

    return stepsOf(catalog).map(({id, title, experiment, values, question}) => ({
        id,
        title,
        next: {step: id, ...(experiment && {experiment, request: values}), ...(question && {question})},
    }));
}
