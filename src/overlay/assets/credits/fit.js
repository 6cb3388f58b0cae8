// fit.js: keeps names in their columns. A name never breaks inside a word: it gets smaller, and then breaks where its writer has joined
// words. Amounts stay in one piece.

(() => {
    'use strict';

    const page = (window.CreditsPage = window.CreditsPage || {});

    /** How small a name may get before it breaks, and how small one may get that has no place to break. */
    const SMALLER = 0.75;
    const SMALLEST = 0.3;
    const STEP = 0.05;

    /** The places at which a name may break: after `_` and `-`, and before a capital letter that follows a small one. */
    const JOINTS = /(?<=[_\-])(?=.)|(?<=\p{Ll})(?=\p{Lu})/u;

    /** Adds a place to break at each joint of the name's words. Browsers break there even where lines do not wrap. */
    function joint(name) {
        const parts = name.textContent.split(JOINTS);
        name.replaceChildren(...parts.flatMap((part, index) => (index === 0 ? [part] : [document.createElement('wbr'), part])));
    }

    const isTooWide = (element) => element.scrollWidth > element.clientWidth + 1;

    const rowOf = (entry) => entry.querySelector('.who');

    /** How much smaller the letters of an entry must be to fit, from 0 to 1, in steps. */
    const sizeOf = (entry) => Math.floor((0.99 * entry.clientWidth) / entry.scrollWidth / STEP) * STEP;

    function resize(entry, size) {
        rowOf(entry).style.fontSize = size === 1 ? '' : `${size.toFixed(2)}em`;
    }

    /**
     * Makes the letters of all these entries smaller, down to `least`, and returns those that are still too wide. All widths are read before
     * anything is changed, because the browser would lay out the whole page again for each name.
     */
    function shrink(entries, least) {
        const sizes = entries.map(sizeOf);
        entries.forEach((entry, index) => resize(entry, Math.max(sizes[index], least)));
        return entries.filter(isTooWide);
    }

    /** Fits all names below an element that is laid out. An amount goes to a line of its own before its name gets smaller. */
    function fitNames(root) {
        const entries = root.matches('.entry') ? [root] : [...root.querySelectorAll('.entry')];
        let wide = entries.filter(isTooWide);
        for (const entry of wide) rowOf(entry).classList.add('wrapped');
        wide = shrink(wide.filter(isTooWide), SMALLER);
        for (const entry of wide) {
            rowOf(entry).classList.add('broken');
            joint(entry.querySelector('.name'));
            resize(entry, 1); // in two lines it may have its own size again
        }
        wide = shrink(wide.filter(isTooWide), SMALLEST);
        for (const entry of wide) rowOf(entry).classList.add('anywhere');
    }

    /** A copy of an entry as it was made, to compare it with another one. */
    function unfitted(element) {
        const copy = element.cloneNode(true);
        for (const part of [copy, ...copy.querySelectorAll('.who')]) {
            part.removeAttribute('style');
            part.classList.remove('wrapped', 'broken', 'anywhere');
        }
        for (const name of copy.querySelectorAll('.name')) name.textContent = name.textContent; // without places to break
        return copy;
    }

    Object.assign(page, { fitNames, unfitted });
})();
