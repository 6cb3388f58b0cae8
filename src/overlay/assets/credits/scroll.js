// scroll.js: shows the sections one below the other, moving up through the stage. They are laid out once; then only transforms change.

(() => {
    'use strict';

    const page = (window.CreditsPage = window.CreditsPage || {});
    const { make } = page;

    /** The place on the stage, as a part of its height, at which a section counts as the current one, and to which a jump moves it. */
    const READING_LINE = 0.2;

    /** The speed of the roll, and when an element that is `px` below the top of the roll is at `line` of the stage. */
    function motion({ height, length, look, seconds }) {
        const delayMs = look.delay * 1000;
        const distance = height + length;
        const wantedMs = (seconds || look.seconds || 0) * 1000;
        const motionMs = wantedMs > 0 ? Math.max(wantedMs - delayMs, 1) : (distance / look.speed) * 1000;
        return {
            delayMs,
            durationMs: delayMs + motionMs,
            pxPerS: (distance / motionMs) * 1000,
            when: (px, line) => delayMs + ((height + px - line) / distance) * motionMs,
        };
    }

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
    function stick(player, { title, top, way }, { height, fade, when }) {
        player.add(title, [
            [when(top, fade), { transform: 'translateY(0)' }],
            [when(top + way, fade), { transform: `translateY(${way}px)` }],
        ]);
        if (fade === 0) return;
        player.add(title, [
            [when(top, height), { opacity: 0 }],
            [when(top, height - fade), { opacity: 1 }],
            [when(top + way, fade), { opacity: 1 }],
            [when(top + way, 0), { opacity: 0 }],
        ]);
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
            const view = make('div', `view ${className}`, own);
            if (className !== '') view.setAttribute('aria-hidden', 'true');
            Object.assign(view.style, { top: `${from}px`, height: `${to - from}px` });
            stage.append(view);
            addTo(own, from);
        }
    }

    function warnings({ look, readablePx, pxPerS }) {
        const readableS = Math.max(readablePx / pxPerS, 0);
        if (readableS >= look.minimumSeconds) return [];
        return [`a name can be read for ${readableS.toFixed(1)} s, less than ${look.minimumSeconds} s: roll slower (now ${Math.round(pxPerS)} px/s), or make the fade smaller`];
    }

    /**
     * Puts the sections on the stage. Returns the player, the times of the sections, and the warnings. `seconds` is the duration of the
     * roll; it takes precedence over the look.
     */
    function scroll(stage, sections, look, { seconds, onEnd }) {
        const roll = make('div', 'roll', ...sections);
        const trial = make('div', 'view', roll);
        stage.append(trial);
        page.fitNames(roll);
        const height = stage.clientHeight;
        const length = roll.offsetHeight;
        const fade = Math.round(Math.min(look.fade, height / 4));
        const { delayMs, durationMs, pxPerS, when } = motion({ height, length, look, seconds });
        const marks = sections.map((section) => ({ id: section.dataset.id, atMs: Math.max(when(section.offsetTop, height * READING_LINE), 0) }));
        const entry = roll.querySelector('.entry');
        const line = entry ? entry.offsetHeight : 0;
        const titles = look.stickyTitles ? liftTitles(roll) : [];
        const top = titles.length > 0 ? fade + Math.max(...titles.map((title) => title.height)) : 0;
        trial.remove();

        const player = new page.Player(durationMs, onEnd);
        const addTo = (moving, from) => player.add(moving, [
            [delayMs, { transform: `translateY(${height - from}px)` }],
            [durationMs, { transform: `translateY(${-length - from}px)` }],
        ]);
        showBetween(stage, roll, { top, bottom: height, fade, addTo });
        if (titles.length > 0) {
            const above = make('div', 'roll titles', ...titles.map(({ title }) => title));
            stage.append(make('div', 'view', above));
            addTo(above, 0);
            for (const title of titles) stick(player, title, { height, fade, when });
        }
        const readablePx = height - top - 2 * fade - line;
        return { player, delayMs, marks, warnings: warnings({ look, readablePx, pxPerS }), roots: [stage] };
    }

    Object.assign(page, { scroll });
})();
