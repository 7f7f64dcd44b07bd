/** Words of the editor in the person's language: one door to ui/words.js for panels. */
export { age, num, setStrings, t } from '../ui/words.js';
