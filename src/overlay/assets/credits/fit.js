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

    /** Makes the letters of a row smaller until it fits, down to `least`. Returns whether it fits. */
    function shrink(row, entry, least) {
        for (let size = 1 - STEP; size > least - STEP / 2; size -= STEP) {
            row.style.fontSize = `${size.toFixed(2)}em`;
            if (!isTooWide(entry)) return true;
        }
        return false;
    }

    /** Fits one entry that is too wide. The amount goes to a line of its own before the name gets smaller. */
    function fitEntry(entry) {
        const row = entry.querySelector('.who');
        row.classList.add('wrapped');
        if (!isTooWide(entry) || shrink(row, entry, SMALLER)) return;
        row.classList.add('broken');
        joint(row.querySelector('.name'));
        row.style.fontSize = ''; // in two lines it may have its own size again
        if (isTooWide(entry)) shrink(row, entry, SMALLEST);
        if (isTooWide(entry)) row.classList.add('anywhere');
    }

    /** Fits all names below an element that is laid out. First all widths are read, so that the browser lays out the page only once. */
    function fitNames(root) {
        const entries = root.matches('.entry') ? [root] : [...root.querySelectorAll('.entry')];
        entries.filter(isTooWide).forEach(fitEntry);
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
