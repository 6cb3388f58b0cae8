// slides.js: shows the sections one after the other, with as many names at a time as fit on the stage. Only the current slide and its
// neighbours are in the document.

(() => {
    'use strict';

    const page = (window.CreditsPage = window.CreditsPage || {});
    const { make } = page;

    const LONGEST_CHANGE_MS = 700;

    /** The part of the stage's height that a slide may fill. */
    const ROOM = 0.86;

    /** The names grouped by the rows of their layout. */
    function rowsOf(list) {
        const rows = [];
        for (const entry of list.children) {
            const { offsetTop: top, offsetHeight: height } = entry;
            const last = rows[rows.length - 1];
            if (last && last.top === top) {
                last.entries.push(entry);
                last.bottom = Math.max(last.bottom, top + height);
            } else {
                rows.push({ top, bottom: top + height, entries: [entry] });
            }
        }
        return rows;
    }

    /** Groups rows that fit into `room` together, at least one row each. */
    function pagesOf(rows, room) {
        const pages = [];
        let first;
        for (const row of rows) {
            if (!first || row.bottom - first.top > room) {
                first = row;
                pages.push([]);
            }
            pages[pages.length - 1].push(...row.entries);
        }
        return pages;
    }

    /** Makes one slide of a section, or several with the title on each. The section must be laid out. */
    function split(section, room) {
        const list = section.querySelector('.entries');
        if (!list || section.offsetHeight <= room) return [section];
        const pages = pagesOf(rowsOf(list), room - (section.offsetHeight - list.offsetHeight));
        const title = section.querySelector(':scope > .title');
        return pages.map((entries, index) => {
            const part = section.cloneNode(false);
            if (title) {
                const own = title.cloneNode(true);
                own.append(make('span', 'page-number', `${index + 1} / ${pages.length}`));
                part.append(own);
            }
            const some = list.cloneNode(false);
            some.append(...entries);
            part.append(some);
            return part;
        });
    }

    /** Shows the slides around the current time, and sets a timer for the next change. */
    class Changer {
        constructor(view, player, slides, { delayMs, slideMs }) {
            Object.assign(this, { view, player, slides, delayMs, slideMs });
            this.shown = new Map(); // index -> animation
            player.onChange = () => this.change();
        }

        change() {
            clearTimeout(this.timer);
            const { player, delayMs, slideMs } = this;
            const at = (player.timeMs - delayMs) / slideMs;
            const now = Math.floor(at);
            const near = [now - 1, now, now + 1].filter((index) => this.slides[index]);
            for (const index of this.shown.keys()) if (!near.includes(index)) this.hide(index);
            for (const index of near) if (!this.shown.has(index)) this.show(index);
            if (!player.isMoving) return;
            const left = player.rate > 0 ? now + 1 - at : at - now;
            this.timer = setTimeout(() => this.change(), Math.max((left * slideMs) / Math.abs(player.rate), 20));
        }

        show(index) {
            const slide = this.slides[index];
            const begin = this.delayMs + index * this.slideMs;
            const change = Math.min(LONGEST_CHANGE_MS, this.slideMs / 4);
            this.view.append(slide);
            this.shown.set(index, this.player.add(slide, [
                [begin, { opacity: 0, transform: 'translateY(2vh)' }],
                [begin + change, { opacity: 1, transform: 'translateY(0)' }],
                [begin + this.slideMs - change, { opacity: 1, transform: 'translateY(0)' }],
                [begin + this.slideMs, { opacity: 0, transform: 'translateY(-2vh)' }],
            ]));
        }

        hide(index) {
            this.player.leave(this.shown.get(index));
            this.shown.delete(index);
            this.slides[index].remove();
        }
    }

    /** Like `scroll`. */
    function slides(stage, sections, look, { seconds, onEnd }) {
        const view = make('div', 'view');
        stage.append(view);
        const room = stage.clientHeight * ROOM;
        const parts = [];
        const warnings = [];
        for (const section of sections) {
            const trial = make('div', 'slide trial', section);
            view.append(trial);
            page.fitNames(section);
            const pages = split(section, room);
            if (pages.length === 1 && section.offsetHeight > stage.clientHeight) warnings.push(`section ${section.dataset.id} is higher than the picture`);
            parts.push(...pages.map((part) => ({ id: section.dataset.id, part })));
            trial.remove();
        }
        const delayMs = look.delay * 1000;
        const wantedMs = (seconds || look.seconds || 0) * 1000;
        const slideMs = wantedMs > 0 ? Math.max((wantedMs - delayMs) / Math.max(parts.length, 1), 1) : look.slideSeconds * 1000;
        if (slideMs < look.minimumSeconds * 1000) {
            warnings.push(`a name can be read for ${(slideMs / 1000).toFixed(1)} s, less than ${look.minimumSeconds} s: give the slides more time`);
        }
        const player = new page.Player(Math.max(delayMs + slideMs * parts.length, 1), onEnd);
        // The player needs a first animation as its clock, because slides come and go.
        const clock = make('i', 'clock');
        view.append(clock);
        player.add(clock, [[0, { transform: 'translateX(0)' }], [player.durationMs, { transform: 'translateX(1px)' }]]);
        const all = parts.map(({ part }) => make('div', 'slide', part));
        new Changer(view, player, all, { delayMs, slideMs });
        const marks = [];
        parts.forEach(({ id }, index) => {
            if (index === 0 || parts[index - 1].id !== id) marks.push({ id, atMs: delayMs + index * slideMs });
        });
        return { player, delayMs, marks, warnings, pages: parts.length, roots: all };
    }

    Object.assign(page, { slides });
})();
