// grouping.js: puts small sections together on one slide.

(() => {
    'use strict';

    const page = (window.CreditsPage = window.CreditsPage || {});
    const { make } = page;

    /** The part of a slide's room that a small section may fill. */
    const SMALL = 0.52;

    /** The gap between two sections on a slide, in pixels. */
    function gapOf(view) {
        const [first, second] = [make('section', 'section'), make('section', 'section')];
        const trial = make('div', 'slide trial', first, second);
        view.append(trial);
        const gap = parseFloat(getComputedStyle(second).marginTop) || 0;
        trial.remove();
        return gap;
    }

    /**
     * The parts of the roll, in their order, in groups of those that share a slide: neighbours with names, each of which is small. Texts
     * and images have slides of their own. Each part has its `section` and its `height`; that of a section on several slides is Infinity.
     */
    function grouped(view, parts, room) {
        const gap = gapOf(view);
        const groups = [];
        let filled = Infinity; // the height of the last group, if others may join it
        for (const part of parts) {
            const isSmall = part.section.matches('.kind-people') && part.height <= SMALL * room;
            const together = filled + gap + part.height;
            if (isSmall && together <= room) {
                groups[groups.length - 1].push(part);
                filled = together;
            } else {
                groups.push([part]);
                filled = isSmall ? part.height : Infinity;
            }
        }
        return groups;
    }

    Object.assign(page, { grouped });
})();
