// entrance.js: lets titles come in as the style sheet of the theme says. Its animations follow the clock of the roll: they wait for the title
// to come into the picture, stop with the roll, and play backwards with it.

(() => {
    'use strict';

    const page = (window.CreditsPage = window.CreditsPage || {});

    /** Gives an animation of a style sheet to the player, beginning at `atMs` of the roll. */
    function take(player, own, atMs) {
        const effect = new KeyframeEffect(own.effect);
        effect.updateTiming({ delay: atMs + own.effect.getTiming().delay, fill: 'both' });
        own.cancel();
        return player.join(effect);
    }

    /**
     * Lets the titles below `root` come in. `when` returns the time at which a title does, in milliseconds of the roll; Infinity if it never
     * does. Returns the animations.
     */
    function enterTitles(player, root, when) {
        const titles = [...root.querySelectorAll('.title:not(.placeholder)')].map((title) => ({ title, atMs: when(title) }));
        const coming = titles.filter(({ atMs }) => Number.isFinite(atMs));
        const found = coming.map(({ title, atMs }) => ({ all: title.getAnimations({ subtree: true }), atMs }));
        return found.flatMap(({ all, atMs }) => all.filter((one) => one instanceof CSSAnimation).map((own) => take(player, own, atMs)));
    }

    Object.assign(page, { enterTitles });
})();
