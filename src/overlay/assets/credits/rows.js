// rows.js: keeps only those names in the document that are near the picture. All are laid out once, some hundred at a time, to find out
// where their rows are.

(() => {
    'use strict';

    const page = (window.CreditsPage = window.CreditsPage || {});
    const { make } = page;

    /** How many names are laid out at a time, and how many before the page looks for what their rows have in common. */
    const AT_ONCE = 400;
    const SAMPLE = 180;

    /** How far above and below the picture names are put, as a part of its height, and for how long the roll may then move by itself. */
    const AROUND = 3.5;
    const AHEAD_MS = 10000;
    const MOST_AROUND = 8;

    /** Lets the page do something else. */
    const breath = () => new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = resolve;
        port2.postMessage(undefined);
    });

    /** The rows of entries that are laid out: the index of the first entry, and where the row begins and ends below the first row. */
    function rowsOf(entries) {
        const rows = [];
        let origin;
        entries.forEach((entry, first) => {
            const { top, bottom } = entry.getBoundingClientRect();
            if (origin === undefined) origin = top;
            const last = rows[rows.length - 1];
            if (last && Math.abs(last.top - (top - origin)) < 0.5) last.bottom = Math.max(last.bottom, bottom - origin);
            else rows.push({ first, top: top - origin, bottom: bottom - origin });
        });
        return rows;
    }

    const FLOWS = ['flex', 'inline-flex'];

    /** Letters whose widths add up to at least the width of their text. */
    const PLAIN_LETTERS = /^[\u0020-\u024f\u0370-\u058f]*$/;

    /** Returns a function that estimates the width of a text in the font of an element, in pixels. */
    function ruler(element) {
        const { fontStyle, fontWeight, fontSize, fontFamily, letterSpacing, textTransform } = getComputedStyle(element);
        const context = make('canvas', '').getContext('2d');
        context.font = `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`;
        const spacing = parseFloat(letterSpacing) || 0;
        const change = textTransform === 'none' ? (text) => text : (text) => text.toUpperCase();
        const widths = new Map();
        const widthOf = (text) => {
            if (!widths.has(text)) widths.set(text, context.measureText(text).width);
            return widths.get(text);
        };
        return (given) => {
            const text = change(given);
            if (!PLAIN_LETTERS.test(text)) return context.measureText(text).width + spacing * text.length;
            let width = spacing * text.length;
            for (const letter of text) width += widthOf(letter);
            return width;
        };
    }

    /** What a name may have to be like most others. */
    const PLAIN_KEYS = ['name', 'amount', 'platform'];

    const isUnset = (value) => value === undefined || value === null || value === 0;

    const isPlain = (one) => one && typeof one.name === 'string' && Object.keys(one).every((key) => PLAIN_KEYS.includes(key) || isUnset(one[key]));

    /**
     * What most rows have in common: the number of columns, the height, the gap below, and a function that returns whether a name is like
     * those of these rows. Nothing if they differ, or if rows end where their names do.
     */
    function patternOf(list, names, entries, rows) {
        if (FLOWS.includes(getComputedStyle(list).display) || rows.length < 3) return undefined;
        const columns = rows[1].first;
        const isRegular = rows.every(({ first }, index) => first === index * columns);
        const ofPlain = rows.slice(0, -1).filter(({ first }) => names.slice(first, first + columns).every(isPlain));
        if (!isRegular || ofPlain.length < 2) return undefined;
        const heights = ofPlain.map(({ top, bottom }) => bottom - top);
        const usual = Math.min(...heights);
        const gap = rows[1].top - rows[0].bottom;
        const sample = entries.filter((entry, index) => isPlain(names[index]) && !entry.matches('.stacked')
            && entry.querySelector('.who').className === 'who' && ![...entry.querySelectorAll('.who, .name')].some((part) => part.hasAttribute('style')));
        const plain = sample.filter((entry) => Math.abs(entry.getBoundingClientRect().height - usual) < 0.02 || columns > 1);
        if (plain.length < entries.filter((_, index) => isPlain(names[index])).length / 2) return undefined;
        const [width] = plain.map(({ clientWidth }) => clientWidth).sort((a, b) => a - b);
        const part = (selector) => entries.map((entry) => entry.querySelector(selector)).find(Boolean);
        const of = (selector) => {
            const element = part(selector);
            return element ? { measure: ruler(element), em: parseFloat(getComputedStyle(element).fontSize) } : undefined;
        };
        const rulers = { name: of('.name'), amount: of('.who > .amount'), platform: of('.who > .platform') };
        /** The greatest width that a part of a name may have; Infinity if that is unknown. */
        const widest = (one, key) => {
            if (isUnset(one[key]) || one[key] === '') return 0;
            return rulers[key] ? rulers[key].measure(String(one[key])) * 1.02 + 2 : Infinity;
        };
        const gaps = 1.2 * Math.max(...Object.values(rulers).map((one) => (one ? one.em : 0)));
        const before = (one) => widest(one, 'name') + widest(one, 'platform') + gaps;
        // In pairs, both sides of the axis have half of the width.
        const isLike = list.matches('.layout-pairs > *')
            ? (one) => isPlain(one) && before(one) + gaps <= width / 2 && widest(one, 'amount') + gaps <= width / 2
            : (one) => isPlain(one) && before(one) + widest(one, 'amount') + gaps <= width;
        const isRight = plain.every((entry) => PLAIN_KEYS.every((key) => {
            const element = entry.querySelector(`.who > .${key}`);
            return !element || element.getBoundingClientRect().width <= widest(names[entries.indexOf(entry)], key) + gaps;
        }));
        if (!isRight) return undefined;
        // The rows that were laid out have to be as the pattern says.
        const isTrue = rows.slice(0, -1).every(({ first, top, bottom }) => !names.slice(first, first + columns).every(isLike) || Math.abs(bottom - top - usual) < 0.02);
        return isTrue ? { columns, height: usual, gap, isLike } : undefined;
    }

    /** The names of a section: their rows, and how to make their elements. */
    class Names {
        /** `like`: the names of the same section in a roll of the same look and size, if it is measured. */
        constructor(element, content, index, { onLost, dress, like }) {
            this.element = element;
            this.list = element.querySelector(':scope > .entries');
            this.names = this.list ? content.names : [];
            this.index = index;
            Object.assign(this, { onLost, dress, like });
            this.rows = [];
        }

        make(from, to) {
            return this.names.slice(from, to).map((one, offset) => page.entry(one || {}, `${this.index}.${from + offset}`, this.onLost));
        }

        /** The index of the first name of a row; for the row after the last one, the number of names. */
        firstOf(row) {
            return row < this.rows.length ? this.rows[row].first : this.names.length;
        }

        /**
         * Finds out where all rows are, and keeps the list as high as it is with all names. The section must be in the document. Returns
         * early if `isWanted` is false.
         */
        async measure(isWanted) {
            const { list, names } = this;
            if (!list) return;
            const { like } = this;
            this.like = undefined;
            if (like && like.names === names && like.height !== undefined) {
                Object.assign(this, { rows: like.rows, padding: like.padding });
                this.keepHeight(like.height);
                return;
            }
            this.padding = parseFloat(getComputedStyle(list).paddingTop);
            let base = 0;
            let rest; // what the list is higher than its rows
            for (let from = 0; from < names.length; ) {
                const to = Math.min(from + (from === 0 ? SAMPLE : AT_ONCE), names.length);
                const entries = this.make(from, to);
                list.replaceChildren(...entries);
                page.fitNames(this.element);
                const rows = rowsOf(entries);
                if (rest === undefined) rest = list.getBoundingClientRect().height - rows[rows.length - 1].bottom;
                const pattern = from === 0 && to < names.length ? patternOf(list, names, entries, rows) : undefined;
                // The last row may go on with the next names.
                const carried = to < names.length && rows.length > 1 ? rows.pop() : undefined;
                this.rows.push(...rows.map(({ first, top, bottom }) => ({ first: from + first, top: base + top, bottom: base + bottom })));
                from = carried ? from + carried.first : to;
                base += carried ? carried.top : 0;
                if (pattern && carried && (await this.continue(pattern, from, base, isWanted))) break;
                if (!isWanted()) return;
                if (from < names.length) {
                    list.replaceChildren();
                    await breath();
                    if (!isWanted()) return;
                }
            }
            if (!isWanted()) return;
            list.replaceChildren();
            this.keepHeight(rest + this.rows[this.rows.length - 1].bottom);
        }

        /** Keeps the list as high as it is with all names. */
        keepHeight(height) {
            this.height = height;
            Object.assign(this.list.style, { boxSizing: 'border-box', height: `${height}px` });
            this.list.classList.add('windowed');
        }

        /**
         * Finds out where the remaining rows are, of which most are like those before: only the others are laid out. Returns whether that
         * was possible.
         */
        async continue({ columns, height, gap, isLike }, from, base, isWanted) {
            const { list, names } = this;
            const rows = [];
            const others = [];
            for (let first = from; first < names.length; first += columns) {
                const row = { first, height };
                rows.push(row);
                if (!names.slice(first, first + columns).every(isLike)) others.push(row);
            }
            for (let index = 0; index < others.length; ) {
                const some = others.slice(index, index + Math.ceil(AT_ONCE / columns));
                const entries = some.flatMap(({ first }) => this.make(first, Math.min(first + columns, names.length)));
                list.replaceChildren(...entries);
                page.fitNames(this.element);
                const found = rowsOf(entries);
                if (found.length !== some.length) return false;
                found.forEach(({ top, bottom }, place) => (some[place].height = bottom - top));
                index += some.length;
                await breath();
                if (!isWanted()) return false;
            }
            let top = base;
            for (const row of rows) {
                this.rows.push({ first: row.first, top, bottom: top + row.height });
                top += row.height + gap;
            }
            return true;
        }

        /** Copies of the list, in other views of the same roll. They get the same names. */
        placeAt(top, copies) {
            Object.assign(this, { top, lists: [this.list, ...copies], from: 0, to: 0 });
        }

        /** The rows of which a part is between two heights below the top of the roll. */
        between(fromPx, toPx) {
            const { rows, top } = this;
            const own = top + this.padding;
            let [from, to] = [0, rows.length];
            for (let low = 0, high = rows.length; low < high; ) {
                const middle = (low + high) >> 1;
                if (rows[middle].bottom + own < fromPx) low = middle + 1;
                else high = middle;
                from = low;
            }
            for (let low = from, high = rows.length; low < high; ) {
                const middle = (low + high) >> 1;
                if (rows[middle].top + own <= toPx) low = middle + 1;
                else high = middle;
                to = low;
            }
            return [Math.min(from, rows.length), Math.max(from, Math.min(to, rows.length))];
        }

        /** Whether all rows between two heights are in the document. */
        has(fromPx, toPx) {
            const [from, to] = this.between(fromPx, toPx);
            return from === to || (from >= this.from && to <= this.to);
        }

        /** Puts these rows into the document, and removes all others. */
        show(fromPx, toPx) {
            const [from, to] = this.between(fromPx, toPx);
            if (from === this.from && to === this.to) return;
            const [first, end, oldFirst, oldEnd] = [from, to, this.from, this.to].map((row) => this.firstOf(row));
            const isApart = first >= oldEnd || end <= oldFirst;
            const before = isApart ? [] : this.make(first, Math.max(first, oldFirst));
            const after = this.make(isApart ? first : Math.min(oldEnd, end), end);
            for (const list of this.lists) {
                if (isApart) list.replaceChildren();
                else {
                    for (let index = oldFirst; index < first; index++) list.firstElementChild.remove();
                    for (let index = end; index < oldEnd; index++) list.lastElementChild.remove();
                }
                list.style.paddingTop = `${this.padding + (from < this.rows.length ? this.rows[from].top : 0)}px`;
            }
            this.list.prepend(...before);
            this.list.append(...after);
            page.fitNames(this.element);
            this.dress(this.list);
            const shown = [...this.list.children];
            for (const list of this.lists.slice(1)) {
                list.prepend(...shown.slice(0, before.length).map((entry) => entry.cloneNode(true)));
                list.append(...shown.slice(shown.length - after.length).map((entry) => entry.cloneNode(true)));
            }
            Object.assign(this, { from, to });
        }
    }

    /** Keeps the rows near the picture in the document. `place` returns the pixels of the roll that are above the picture. */
    class Window {
        constructor(all, { height, player, pxPerS, place }) {
            Object.assign(this, { all, height, player, pxPerS, place });
        }

        /** The pixels above and below the picture for which there are names. */
        get around() {
            const movedPx = (this.pxPerS * Math.abs(this.player.rate) * AHEAD_MS) / 1000;
            return Math.min(Math.max(AROUND * this.height, movedPx), MOST_AROUND * this.height);
        }

        attend() {
            const { around, height } = this;
            const top = this.place();
            if (this.all.every((names) => names.has(top - around / 2, top + height + around / 2))) return;
            for (const names of this.all) names.show(top - around, top + height + around);
        }
    }

    /** The members of a list that are not empty; none if it is no list. */
    const listOf = (value) => (Array.isArray(value) ? value.filter(Boolean) : []);

    /** All letters of all names, as one name, so that the browser loads the fonts that they need before anything is measured. */
    function letters(sections) {
        const all = new Set();
        const add = (text) => typeof text === 'string' && [...text].forEach((letter) => all.add(letter));
        for (const { names } of sections) {
            for (const one of listOf(names)) {
                [one.name, one.amount, one.note, one.platform].forEach(add);
                for (const line of listOf(one.lines)) [line.text, line.amount, line.platform].forEach(add);
            }
        }
        const text = [...all].join('');
        return { name: text, amount: text, note: text, lines: [{ text, amount: text }] };
    }

    /** The images of all names, once each, so that they have loaded when their rows come. */
    function picturesOf(sections, onLost) {
        const all = new Set();
        const add = (address) => typeof address === 'string' && page.isImageAddress(address) && all.add(address);
        for (const { names } of sections) {
            for (const one of listOf(names)) {
                [one.icon, one.badge, ...listOf(one.images)].forEach(add);
                for (const line of listOf(one.lines)) add(line.icon);
            }
        }
        return [...all].map((address) => page.image(address, '', onLost));
    }

    /** A hidden element with all letters, to be put into the document for a moment. */
    const probe = (sections) => make('ol', 'entries', page.entry(letters(sections), '', () => {}));

    Object.assign(page, { Names, Window, probe, picturesOf });
})();
