// scroll.js: shows the sections one below the other, moving up through the stage. They are laid out once; then only transforms change.

(() => {
    'use strict';

    const page = (window.CreditsPage = window.CreditsPage || {});
    const { make } = page;

    /** The place on the stage, as a part of its height, at which a section counts as the current one, and to which a jump moves it. */
    const READING_LINE = 0.2;

    /** The place at which the end of a last section rests that is too high to stand in the middle. */
    const LAST_LINE = 0.94;

    /** How long a glide to another section takes. One over more than `NEAR` heights of the stage leaves out the middle. */
    const GLIDE_MS = 800;
    const NEAR = 2;

    /** How long before the end the stage gets ready to fade out, and how often the page checks that. */
    const AHEAD_MS = 10000;
    const CHECK_MS = 500;

    /** Guests join a section only if it comes into the picture later than this. */
    const SOON_MS = 3000;

    /** Copies the titles to a layer above the names, because the names fade out below titles that stay. */
    function liftTitles(roll) {
        const titles = [];
        for (const section of roll.children) {
            const own = section.querySelector(':scope > .title');
            if (!own) continue;
            const title = own.cloneNode(true);
            title.replaceChildren(make('span', 'title-pane', ...title.children)); // themes may put something behind icon and text
            own.classList.add('placeholder');
            const { offsetTop: top, offsetLeft: left, offsetWidth: width, offsetHeight: height } = own;
            Object.assign(title.style, { top: `${top}px`, left: `${left}px`, width: `${width}px` });
            title.classList.add(...[...section.classList].filter((name) => name.startsWith('layout-')));
            titles.push({ title, top, height, way: Math.max(section.offsetTop + section.offsetHeight - height - top, 0) });
        }
        return titles;
    }

    /** Keeps a title `fade` below the top while its section passes, by moving it against the roll. Then the title moves with the roll. */
    function stick(player, { title, top, way }, { height, fade, when, path }) {
        const stuckMs = when(top, fade);
        if (stuckMs !== Infinity) {
            const frames = path.frames(stuckMs, Math.min(when(top + way, fade), path.end.ms));
            player.add(title, frames.map(([ms, px, easing]) => [ms, { transform: `translateY(${px}px)`, easing }]));
        }
        if (fade === 0) return;
        const fades = [
            [when(top, height), { opacity: 0 }],
            [when(top, height - fade), { opacity: 1 }],
            [when(top + way, fade), { opacity: 1 }],
            [when(top + way, 0), { opacity: 0 }],
        ];
        player.add(title, fades.filter(([ms], index) => index === 0 || ms !== Infinity));
    }

    /**
     * Shows the roll between `top` and `bottom` of the stage, fading at both ends. A mask makes the compositor draw everything behind it
     * twice in each frame. So only the two ends have a mask, each with a copy of the roll, and the middle has none.
     */
    function showBetween(stage, roll, { top, bottom, fade, addTo }) {
        const parts = fade > 0
            ? [['fade-out', top, top + fade], ['', top + fade, bottom - fade], ['fade-in', bottom - fade, bottom]]
            : [['', top, bottom]];
        for (const [className, from, to] of parts) {
            const own = className === '' ? roll : roll.cloneNode(true);
            const view = make('div', `view ${className}`, make('div', 'glide', own));
            if (className !== '') view.setAttribute('aria-hidden', 'true');
            Object.assign(view.style, { top: `${from}px`, height: `${to - from}px` });
            stage.append(view);
            addTo(own, from);
        }
        return [...stage.querySelectorAll(':scope > .view .roll')];
    }

    /** Where the roll rests at its end, as the translation that it then has: the last section stands in the middle, if it is not too high. */
    function restOf(last, { height, fade }) {
        if (!last) return 0;
        const { offsetTop: top, offsetHeight: own } = last;
        if (own <= height - 2 * fade) return (height - own) / 2 - top;
        return Math.min(height - fade, height * LAST_LINE) - own - top;
    }

    /** When each section is the current one. The last sections may not get as high as the reading line. */
    function marksOf(sections, { height, when, path }) {
        let atMs = 0;
        return sections.map((section, index) => {
            const { offsetTop: top, offsetHeight: own } = section;
            const isLast = index === sections.length - 1;
            const reached = [when(top, height * READING_LINE), isLast ? Infinity : when(top + own, height * LAST_LINE), path.end.ms];
            atMs = Math.max(atMs, reached.find((ms) => ms !== Infinity));
            return { id: section.dataset.id, atMs };
        });
    }

    function warnings({ look, height, readable, pxPerS }) {
        const readableS = Math.max(readable / pxPerS, 0);
        if (readableS >= look.minimumSeconds - 0.005) return [];
        const speed = Math.round((pxPerS * page.FULL_HEIGHT) / height);
        return [`a name can be read for ${readableS.toFixed(1)} s, less than ${look.minimumSeconds} s: roll slower (now ${speed} px/s), or make the fade smaller`];
    }

    /**
     * Fades the views out at the end. The animations are there only shortly before it, because a view that is being faded is drawn twice in
     * each frame.
     */
    class Curtain {
        constructor(stage, player, fadeOutMs) {
            Object.assign(this, { stage, player, fromMs: player.durationMs - fadeOutMs, fading: [] });
        }

        attend() {
            const isDue = this.player.timeMs > this.fromMs - AHEAD_MS;
            if (isDue === this.fading.length > 0) return;
            for (const animation of this.fading) this.player.leave(animation);
            this.fading = [];
            if (!isDue) return;
            const views = [...this.stage.querySelectorAll(':scope > .view, :scope > .floating')];
            this.fading = views.map((view) => this.player.add(view, [[this.fromMs, { opacity: 1 }], [this.player.durationMs, { opacity: 0 }]]));
        }
    }

    const isSame = (one, other) => Math.abs(one - other) < 0.5;

    /** Does work ahead of the roll, at times at which nothing depends on it: after each change, and every half second while it moves. */
    function attendTo(player, attend) {
        let timer;
        player.onChange = () => {
            clearTimeout(timer);
            attend();
            if (player.isMoving) timer = setTimeout(() => player.onChange(), CHECK_MS);
        };
    }

    /** Moves the views to another time of the roll within a second. The compositor moves them, so that the page may be busy meanwhile. */
    class Glide {
        constructor(stage, player, path) {
            Object.assign(this, { stage, player, path, height: stage.clientHeight, moving: [], turn: 0 });
        }

        move(from, to, ms, easing) {
            for (const animation of this.moving) animation.cancel();
            const frames = [from, to].map((px) => ({ transform: `translateY(${px}px)` }));
            const layers = [...this.stage.querySelectorAll('.glide')];
            this.moving = layers.map((layer) => layer.animate(frames, { duration: ms, easing, fill: to === 0 ? 'none' : 'forwards' }));
            return page.pause(ms);
        }

        /** The pixels by which the views are moved now, if they glide. */
        get offset() {
            const layer = this.stage.querySelector('.glide');
            return layer ? new DOMMatrix(getComputedStyle(layer).transform).m42 : 0;
        }

        /** Resolves when the time is set; `false` if another glide came meanwhile. */
        async to(timeMs) {
            const turn = ++this.turn;
            const { player, path, height } = this;
            const before = this.offset;
            const way = path.at(timeMs).px - path.at(player.timeMs).px + before;
            if (Math.abs(way) <= NEAR * height) {
                player.goTo(timeMs);
                this.move(way, 0, GLIDE_MS, 'cubic-bezier(0.5, 0, 0.2, 1)');
                return true;
            }
            const some = Math.sign(way) * height;
            await this.move(before, before - some, GLIDE_MS / 2, 'cubic-bezier(0.6, 0, 1, 0.8)');
            if (turn !== this.turn) return false;
            player.goTo(timeMs);
            this.move(some, 0, GLIDE_MS / 2, 'cubic-bezier(0, 0.2, 0.4, 1)');
            return true;
        }
    }

    /**
     * Puts the sections on the stage, which have no names yet; `all` has the names of each. Returns the player, the times of the sections,
     * and the warnings; nothing if `isWanted` is false meanwhile. `seconds` is the duration of the roll; it takes precedence over the look.
     * `like` is the scene that this one replaces while it moves, if there is one.
     */
    async function scroll(stage, sections, all, look, { seconds, onEnd, isWanted, like }) {
        const roll = make('div', 'roll', ...sections);
        const trial = make('div', 'view trial', roll);
        stage.append(trial);
        page.fitNames(roll); // the titles
        for (const names of all) {
            await names.measure(isWanted);
            if (!isWanted()) return undefined;
        }
        const height = stage.clientHeight;
        const fade = Math.round(Math.min(page.scaled(look.fade, height), height / 4));
        const rest = restOf(sections[sections.length - 1], { height, fade });
        const places = sections.map(({ offsetTop, offsetHeight, dataset }) => ({ offsetTop, offsetHeight, dataset }));
        const [line] = all.flatMap(({ rows }) => rows.slice(0, 1).map(({ top, bottom }) => bottom - top)).concat(0);
        const origin = roll.getBoundingClientRect().top;
        const tops = all.map(({ list }) => (list ? list.getBoundingClientRect().top - origin : 0));
        const titles = look.stickyTitles ? liftTitles(roll) : [];
        const top = titles.length > 0 ? fade + Math.max(...titles.map((title) => title.height)) : 0;
        trial.remove();

        const readable = height - top - 2 * fade - line;
        const { pace, why, delayMs, durationMs, path, fadeOutMs, pxPerS } = page.scrollPace({
            height, travel: height - rest, readable, look, seconds, like: like && like.pace,
        });
        /** When an element that is `px` below the top of the roll is at `place` of the stage. */
        const when = (px, place) => path.when(height + px - place);
        const marks = marksOf(places, { height, when, path });
        const player = new page.Player(durationMs, onEnd);
        const addTo = (moving, from) => {
            player.add(moving, path.frames(delayMs, path.end.ms)
                .map(([ms, px, easing]) => [ms, { transform: `translateY(${height - px - from}px)`, easing }]));
            page.enterTitles(player, moving, (title) => when(title.offsetTop + title.offsetHeight, height - fade));
        };
        const rolls = showBetween(stage, roll, { top, bottom: height, fade, addTo });
        all.forEach((names, index) => {
            const copies = rolls.filter((copy) => copy !== roll).map((copy) => copy.children[index].querySelector(':scope > .entries'));
            if (names.list) names.placeAt(tops[index], copies);
        });
        if (titles.length > 0) {
            const above = make('div', 'roll titles', ...titles.map(({ title }) => title));
            stage.append(make('div', 'view', make('div', 'glide', above)));
            addTo(above, 0);
            for (const title of titles) stick(player, title, { height, fade, when, path });
        }
        const curtain = new Curtain(stage, player, fadeOutMs);
        const near = new page.Window(all.filter(({ list }) => list), { height, player, pxPerS, place: () => path.at(player.timeMs).px - height });
        attendTo(player, () => {
            near.attend();
            curtain.attend();
        });
        const glide = new Glide(stage, player, path);
        const pxAt = (ms) => path.at(ms).px;
        return {
            player, delayMs, marks, why, pace, path, places, top,
            warnings: warnings({ look, height, readable, pxPerS }),
            roots: [stage],
            glide: (timeMs) => glide.to(timeMs),
            /** Whether a section is below the picture, and stays there for a while. */
            isUnseen: (index) => places[index].offsetTop > pxAt(player.timeMs + SOON_MS * Math.max(player.rate, 0)),
            /** Whether another scene shows the same now. */
            isLike: (other) => {
                const px = pxAt(player.timeMs);
                const isThere = ({ offsetTop }, index) => offsetTop > px || isSame(offsetTop, other.places[index].offsetTop);
                return isSame(px, other.path.at(player.timeMs).px) && other.top === top && places.every(isThere);
            },
        };
    }

    Object.assign(page, { scroll });
})();
