// fit.js: keeps names and titles in their columns. A name never breaks inside a word: it gets smaller, and then breaks where its writer has
// joined words. Amounts stay in one piece.

(() => {
    'use strict';

    const page = (window.CreditsPage = window.CreditsPage || {});

    /** How small a name may get before it breaks, and how small one may get that has no place to break. */
    const SMALLER = 0.75;
    const SMALLEST = 0.3;
    const STEP = 0.05;

    /** The classes that this file adds to an entry and to the row of its name. */
    const ENTRY_CLASSES = ['stacked', 'before-gutter', 'after-gutter', 'alone'];
    const ROW_CLASSES = ['wrapped', 'broken', 'anywhere'];

    /** The places at which a name may break: after `_` and `-`, and before a capital letter that follows a small one. */
    const JOINTS = /(?<=[_\-])(?=.)|(?<=\p{Ll})(?=\p{Lu})/u;

    /** Adds a place to break at each joint of the name's words. Browsers break there even where lines do not wrap. */
    function joint(name) {
        const parts = name.textContent.split(JOINTS);
        name.replaceChildren(...parts.flatMap((part, index) => (index === 0 ? [part] : [document.createElement('wbr'), part])));
    }

    const rowOf = (entry) => entry.querySelector('.who');
    const nameOf = (entry) => entry.querySelector('.name');
    const overflows = (element) => element.scrollWidth > element.clientWidth + 1;

    /** Whether the name of an entry and its amount meet at the axis of a section in the layout `pairs`. */
    const isPair = ({ classList, parentElement: list }) => classList.contains('pair') && !classList.contains('stacked') && list !== null && list.matches('.layout-pairs > .entries');

    /** The element that must not be wider than its box: the name up to the axis, or everything that an entry contains. */
    const boxOf = (entry) => (isPair(entry) ? nameOf(entry) : entry);
    const isTooWide = (entry) => overflows(boxOf(entry));

    /** The size of letters with which an element of this size fits into its box, in steps. */
    const fitting = (box, size) => Math.floor((0.99 * size * box.clientWidth) / box.scrollWidth / STEP) * STEP;

    /** How large the letters of a name are in comparison with those of other names. A great amount makes them larger. */
    const grownOf = (entry) => parseFloat(getComputedStyle(nameOf(entry)).fontSize) / parseFloat(getComputedStyle(rowOf(entry)).fontSize);

    /**
     * Makes the names of all these entries smaller, down to `least` of the size of other names, and returns those that are still too wide.
     * All widths are read before anything is changed, because the browser would lay out the whole page again for each name.
     */
    function shrink(entries, least) {
        const sizes = entries.map((entry) => Math.max(fitting(boxOf(entry), grownOf(entry)), least));
        entries.forEach((entry, index) => (nameOf(entry).style.fontSize = `${sizes[index].toFixed(2)}em`));
        return entries.filter(isTooWide);
    }

    /** Breaks the names of these entries at their joints. In two lines they may have their usual size again. */
    function breakAtJoints(entries) {
        for (const entry of entries) {
            rowOf(entry).classList.add('broken');
            joint(nameOf(entry));
            nameOf(entry).style.fontSize = '1em';
        }
        return shrink(entries.filter(isTooWide), SMALLER);
    }

    /**
     * Fits the names and amounts of pairs into their sides of the axis. An entry in which one of them has too little room there is no pair
     * any more.
     */
    function fitPairs(entries) {
        const stacked = entries.filter((entry) => overflows(entry.querySelector('.who > .amount')));
        for (const entry of stacked) entry.classList.add('stacked');
        const wide = shrink(entries.filter((entry) => isPair(entry) && isTooWide(entry)), SMALLER);
        for (const entry of breakAtJoints(wide)) {
            entry.classList.add('stacked');
            rowOf(entry).classList.remove('broken');
            nameOf(entry).textContent = nameOf(entry).textContent; // without places to break
            nameOf(entry).style.fontSize = '';
        }
    }

    /** Marks which entries are beside the gutter, and on which side, if there are two columns. A last one that has no neighbour is in the middle. */
    function markColumns(root) {
        const lists = [...root.querySelectorAll(':is(.layout-two-columns, .layout-three-columns) > .entries')];
        const columns = lists.map((list) => getComputedStyle(list).gridTemplateColumns.split(' ').length);
        lists.forEach((list, place) => {
            [...list.children].forEach((entry, index, all) => {
                const isAlone = index === all.length - 1 && index % 2 === 0;
                entry.classList.toggle('alone', columns[place] === 2 && isAlone);
                entry.classList.toggle('before-gutter', columns[place] === 2 && index % 2 === 0 && !isAlone);
                entry.classList.toggle('after-gutter', columns[place] === 2 && index % 2 === 1);
            });
        });
    }

    /** Makes titles smaller whose longest word is wider than its section. */
    function fitTitles(titles) {
        const textOf = (title) => title.querySelector('.title-text');
        const wide = titles.filter((title) => overflows(textOf(title)));
        const sizes = wide.map((title) => Math.max(fitting(textOf(title), 1), SMALLEST));
        wide.forEach((title, index) => title.style.setProperty('--fitted', sizes[index].toFixed(2)));
        for (const title of wide.filter((title) => overflows(textOf(title)))) title.classList.add('anywhere');
    }

    /**
     * Fits all names below an element that is laid out. An amount goes to a line of its own before its name gets smaller, except in pairs:
     * there a name gets smaller and breaks before it.
     */
    function fitNames(root) {
        markColumns(root);
        fitTitles([...root.querySelectorAll('.title')]);
        const entries = root.matches('.entry') ? [root] : [...root.querySelectorAll('.entry')];
        fitPairs(entries.filter(isPair));
        let wide = entries.filter((entry) => !isPair(entry) && isTooWide(entry));
        for (const entry of wide) rowOf(entry).classList.add('wrapped');
        wide = breakAtJoints(shrink(wide.filter(isTooWide), SMALLER));
        wide = shrink(wide, SMALLEST);
        for (const entry of wide) rowOf(entry).classList.add('anywhere');
        // What is still too wide is an amount.
        wide = wide.filter(isTooWide);
        const sizes = wide.map((entry) => Math.max(fitting(entry, 1), SMALLEST));
        wide.forEach((entry, index) => (rowOf(entry).style.fontSize = `${sizes[index].toFixed(2)}em`));
    }

    /** A copy of an entry as it was made, to compare it with another one. */
    function unfitted(element) {
        const copy = element.cloneNode(true);
        copy.classList.remove(...ENTRY_CLASSES);
        for (const part of [copy, ...copy.querySelectorAll('.who, .name')]) {
            part.style.removeProperty('font-size');
            part.style.removeProperty('height');
            if (part.getAttribute('style') === '') part.removeAttribute('style');
            part.classList.remove(...ROW_CLASSES);
        }
        for (const name of copy.querySelectorAll('.name')) name.textContent = name.textContent; // without places to break
        return copy;
    }

    /** Gives an entry the place in its columns that the entry which it replaces had. */
    function takePlace(entry, former) {
        for (const name of ['before-gutter', 'after-gutter', 'alone']) entry.classList.toggle(name, former.classList.contains(name));
    }

    Object.assign(page, { fitNames, unfitted, takePlace });
})();
