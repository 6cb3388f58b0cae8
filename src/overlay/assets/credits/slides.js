// slides.js: shows the sections one after the other, with as many names at a time as fit on the stage. Only the current slide and its
// neighbours are in the document.

(() => {
    'use strict';

    const page = (window.CreditsPage = window.CreditsPage || {});
    const { make } = page;

    const LONGEST_CHANGE_MS = 700;

    /** The rows of a slide arrive one after the other: the time between two, that of all of them, and that which each takes. */
    const ROW_STEP_MS = 60;
    const ALL_ROWS_MS = 900;
    const ROW_MS = 400;

    /** How long a jump to another slide takes. */
    const JUMP_MS = 600;

    /** The part of the stage's height that a slide may fill. */
    const ROOM = 0.86;

    /** Groups rows that fit into `room` together, at least one row each: the index of the first row of each group. */
    function pagesOf(rows, room) {
        const pages = [];
        let first;
        rows.forEach((row, index) => {
            if (first && row.bottom - first.top <= room) return;
            first = row;
            pages.push(index);
        });
        return pages;
    }

    /** One slide of a section, or several with the title on each, as functions that make them. The section must be laid out. */
    function split(section, names, room) {
        const { list, rows } = names;
        const all = () => {
            if (list) list.append(...names.make(0, names.names.length));
            return section;
        };
        if (!list || section.offsetHeight <= room) return [all];
        const pages = pagesOf(rows, room - (section.offsetHeight - list.offsetHeight));
        const title = section.querySelector(':scope > .title');
        return pages.map((row, index) => () => {
            const part = section.cloneNode(false);
            if (title) {
                const own = title.cloneNode(true);
                own.append(make('span', 'page-number', `${index + 1} / ${pages.length}`));
                part.append(own);
            }
            const some = list.cloneNode(false);
            const end = index + 1 < pages.length ? pages[index + 1] : rows.length;
            some.append(...names.make(names.firstOf(row), names.firstOf(end)));
            part.append(some);
            return part;
        });
    }

    /** The names of a slide grouped by the rows of their layout. */
    function rowsOf(list) {
        const rows = new Map();
        for (const entry of list.children) {
            const { offsetTop: top } = entry;
            if (!rows.has(top)) rows.set(top, []);
            rows.get(top).push(entry);
        }
        return [...rows.values()];
    }

    /** Shows the slides around the current time, and sets a timer for the next change. */
    class Changer {
        constructor(view, player, slides, { delayMs, slideMs, dress }) {
            Object.assign(this, { view, player, slides, delayMs, slideMs, dress });
            this.elements = new Map(); // index -> the slide, while it is in the document
            this.changeMs = Math.min(LONGEST_CHANGE_MS, slideMs / 4);
            this.rowsMs = Math.min(ALL_ROWS_MS, slideMs / 4);
            this.shown = new Map(); // index -> the animations of the slide and its title, and those of its rows until they have arrived
            player.onChange = () => this.change();
        }

        beginOf(index) {
            return this.delayMs + index * this.slideMs;
        }

        /** How long a slide takes to arrive with all its rows. */
        get arrivalMs() {
            return Math.min(this.rowsMs + ROW_MS, this.slideMs / 2);
        }

        get current() {
            return Math.floor((this.player.timeMs - this.delayMs) / this.slideMs);
        }

        change() {
            clearTimeout(this.timer);
            const { player, slideMs, current } = this;
            const near = [current - 1, current, current + 1].filter((index) => this.slides[index]);
            for (const index of this.shown.keys()) if (!near.includes(index)) this.hide(index);
            for (const index of near) if (!this.shown.has(index)) this.show(index);
            const sinceMs = player.timeMs - this.beginOf(current);
            if (sinceMs > this.arrivalMs) this.settle(current);
            if (!player.isMoving) return;
            const changes = player.rate > 0 ? [this.arrivalMs - sinceMs, slideMs - sinceMs] : [sinceMs];
            const leftMs = Math.min(...changes.filter((ms) => ms > 0), slideMs);
            this.timer = setTimeout(() => this.change(), Math.max(leftMs / Math.abs(player.rate), 20));
        }

        /** Each slide fades in while the one before it fades out. The last one fades out at the end. */
        show(index) {
            const { player, changeMs } = this;
            const slide = this.slides[index]();
            this.elements.set(index, slide);
            const begin = this.beginOf(index);
            const end = begin + this.slideMs + (index === this.slides.length - 1 ? 0 : changeMs);
            this.view.append(slide);
            page.fitNames(slide);
            this.dress(slide);
            const whole = player.add(slide, [
                [begin, { opacity: 0, transform: 'translateY(2vh)', easing: 'ease-out' }],
                [begin + changeMs, { opacity: 1, transform: 'translateY(0)' }],
                [end - changeMs, { opacity: 1, transform: 'translateY(0)', easing: 'ease-in' }],
                [end, { opacity: 0, transform: 'translateY(-2vh)' }],
            ]);
            const titles = page.enterTitles(player, slide, () => begin);
            this.shown.set(index, { whole: [whole, ...titles], rows: this.follow(slide, begin) });
        }

        /** Lets the rows of a slide follow one another. */
        follow(slide, begin) {
            const rows = [...slide.querySelectorAll('.entries')].flatMap(rowsOf);
            const step = Math.min(ROW_STEP_MS, this.rowsMs / rows.length);
            return rows.flatMap((entries, index) => entries.map((entry) => this.player.add(entry, [
                [begin + index * step, { opacity: 0, transform: 'translateY(1.6vh)', easing: 'cubic-bezier(0.2, 0.6, 0.3, 1)' }],
                [begin + index * step + ROW_MS, { opacity: 1, transform: 'translateY(0)' }],
            ])));
        }

        /** The rows of a slide have arrived. */
        settle(index) {
            const { rows } = this.shown.get(index) || { rows: [] };
            for (const animation of rows.splice(0)) this.player.leave(animation);
        }

        hide(index) {
            this.settle(index);
            for (const animation of this.shown.get(index).whole) this.player.leave(animation);
            this.shown.delete(index);
            this.elements.get(index).remove();
            this.elements.delete(index);
        }

        /** Goes to another time, and fades from the slide that is shown now to the one that is shown then. */
        async jump(timeMs) {
            const before = this.elements.get(this.current);
            const old = before ? before.cloneNode(true) : undefined;
            if (old) old.classList.add('leaving');
            const opacity = old ? getComputedStyle(before).opacity : 0;
            this.player.set({ timeMs });
            const after = this.elements.get(this.current);
            if (after === before) return true;
            if (after) after.animate([{ opacity: 0 }, { opacity: 1 }], { duration: JUMP_MS, easing: 'ease-in-out' });
            if (!old) return true;
            this.view.append(old);
            old.animate([{ opacity }, { opacity: 0 }], { duration: JUMP_MS, easing: 'ease-in-out', fill: 'forwards' });
            page.pause(JUMP_MS).then(() => old.remove());
            return true;
        }
    }

    /** Like `scroll`. */
    async function slides(stage, sections, all, look, { seconds, onEnd, isWanted, dress, like }) {
        const view = make('div', 'view');
        stage.append(view);
        const room = stage.clientHeight * ROOM;
        const parts = [];
        const warnings = [];
        for (const [index, section] of sections.entries()) {
            const { id } = section.dataset;
            const trial = make('div', 'slide trial', section);
            view.append(trial);
            page.fitNames(trial); // the title
            await all[index].measure(isWanted);
            if (!isWanted()) return undefined;
            const pages = split(section, all[index], room);
            if (pages.length === 1 && section.offsetHeight > stage.clientHeight) warnings.push(`section ${id} is higher than the picture`);
            const height = pages.length === 1 ? section.offsetHeight : Infinity;
            parts.push(...pages.map((part) => ({ id, section, part, height })));
            trial.remove();
            if (all[index].list) all[index].list.removeAttribute('style');
        }
        const groups = page.grouped(view, parts, room);
        const delayMs = look.delay * 1000;
        const pace = like ? like.pace : page.slidePace({ count: Math.max(groups.length, 1), look, seconds });
        const { why, slideMs } = pace;
        if (slideMs < look.minimumSeconds * 1000 - 5) {
            warnings.push(`a name can be read for ${(slideMs / 1000).toFixed(1)} s, less than ${look.minimumSeconds} s: give the slides more time`);
        }
        const player = new page.Player(Math.max(delayMs + slideMs * groups.length, 1), onEnd);
        // The player needs a first animation as its clock, because slides come and go.
        const clock = make('i', 'clock');
        view.append(clock);
        player.add(clock, [[0, { transform: 'translateX(0)' }], [player.durationMs, { transform: 'translateX(1px)' }]]);
        const made = groups.map((group) => () => make('div', 'slide', ...group.map(({ part }) => part())));
        const changer = new Changer(view, player, made, { delayMs, slideMs, dress });
        const marks = [];
        groups.forEach((group, index) => {
            const atMs = changer.beginOf(index);
            for (const { id } of group) {
                if (marks.length === 0 || marks[marks.length - 1].id !== id) marks.push({ id, atMs, arrivedMs: atMs + changer.arrivalMs });
            }
        });
        const contentOf = (group) => (group || []).map(({ id }) => id).join('\n');
        const upToNext = (of) => of.slice(0, Math.max(changer.current + 2, 0)).map(contentOf).join('\n\n');
        return {
            player, delayMs, marks, why, warnings, pace, groups,
            pages: groups.length,
            roots: [view],
            glide: (timeMs) => changer.jump(timeMs),
            /** Whether a section is on later slides only. The next slide is in the document already. */
            isUnseen: (index) => groups.findIndex((group) => group.some(({ section }) => section === sections[index])) > changer.current + 1,
            /** Whether another scene shows the same now. */
            isLike: (other) => upToNext(groups) === upToNext(other.groups),
        };
    }

    Object.assign(page, { slides });
})();
