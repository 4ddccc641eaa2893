// Who sits at this page, as far as the page has been told: the name that the class sees, and whether it leads.
import {keptInTab} from './kept.js';

const name = keptInTab('gilscope-name');
const leads = keptInTab('gilscope-leads');

// null: nobody was asked yet; '': somebody wants no name.
export const myName = () => name.get();
export const keepName = (text) => name.set(text);

// Whether the server took this page's token for the instructor's when it was asked last.
export const isLeading = () => leads.get() !== null;
export const keepLeading = (isSo) => leads.set(isSo ? '1' : null);
