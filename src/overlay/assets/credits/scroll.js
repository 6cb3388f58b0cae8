// scroll.js: all sections one below the other, moving up through the stage. Laid out once; after that nothing but transforms change.

(() => {
    'use strict';

    const page = (window.CreditsPage = window.CreditsPage || {});
    const { make } = page;

    /** Where on the stage a section is that was gone to, and below which it is the current one. */
    const READING_LINE = 0.2;

    /** How fast, and when a thing that is `px` below the top of the roll is at `line` of the stage. */
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

    /** A title that stays at `line` as long as its section passes, then goes with it. Moved against the roll's own movement. */
    function stick(player, title, { top, bottom, line, when }) {
        const way = bottom - title.offsetHeight - top;
        if (way <= 0) return;
        player.add(title, [
            [when(top, line), { transform: 'translateY(0)' }],
            [when(top + way, line), { transform: `translateY(${way}px)` }],
        ]);
    }

    /** The titles apart from the names, above them: the names fade away below the line where titles stay. */
    function liftTitles(roll) {
        const titles = [];
        for (const section of roll.children) {
            const own = section.querySelector(':scope > .title');
            if (!own) continue;
            const lifted = own.cloneNode(true);
            own.classList.add('placeholder');
            const place = { top: own.offsetTop, left: own.offsetLeft, width: own.offsetWidth };
            for (const [side, px] of Object.entries(place)) lifted.style[side] = `${px}px`;
            const layout = [...section.classList].filter((name) => name.startsWith('layout-'));
            lifted.classList.add(...layout);
            titles.push({ title: lifted, top: place.top, bottom: section.offsetTop + section.offsetHeight, height: own.offsetHeight });
        }
        return titles;
    }

    function warnings({ height, look, zone, pxPerS, line }) {
        const readableS = (height - zone - 2 * look.fade - line) / pxPerS;
        if (readableS >= look.minimumSeconds) return [];
        const seen = Math.max(readableS, 0).toFixed(1);
        return [`a name can be read for ${seen} s, less than ${look.minimumSeconds} s: roll slower (now ${Math.round(pxPerS)} px/s), or make the fade smaller`];
    }

    /**
     * Puts the sections on the stage. Returns the player, the moments of the sections, and what is to be warned of.
     * `seconds`: what the whole must take, whatever the look says.
     */
    function scroll(stage, sections, look, { seconds, onEnd }) {
        const roll = make('div', 'roll', ...sections);
        const view = make('div', 'view', roll);
        stage.append(view);
        const height = stage.clientHeight;
        const length = roll.offsetHeight;
        const { delayMs, durationMs, pxPerS, when } = motion({ height, length, look, seconds });
        const player = new page.Player(durationMs, onEnd);
        const moving = [
            [delayMs, { transform: `translateY(${height}px)` }],
            [durationMs, { transform: `translateY(${-length}px)` }],
        ];
        const marks = sections.map((section) => ({ id: section.dataset.id, atMs: Math.max(when(section.offsetTop, height * READING_LINE), 0) }));
        const entry = roll.querySelector('.entry');
        const line = entry ? entry.offsetHeight : 0;
        let zone = 0;
        if (look.stickyTitles) {
            const titles = liftTitles(roll);
            zone = Math.max(0, ...titles.map((title) => title.height));
            const above = make('div', 'roll titles', ...titles.map(({ title }) => title));
            stage.append(make('div', 'view', above));
            stage.style.setProperty('--title-zone', `${look.fade + zone}px`);
            player.add(roll, moving);
            player.add(above, moving);
            for (const { title, top, bottom } of titles) stick(player, title, { top, bottom, line: look.fade, when });
        } else {
            player.add(roll, moving);
        }
        return { player, delayMs, marks, warnings: warnings({ height, look, zone, pxPerS, line }) };
    }

    Object.assign(page, { scroll });
})();
