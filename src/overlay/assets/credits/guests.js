// guests.js: people who are counted while the credits roll. They join a section that is still below the picture: the roll is laid out with
// them on a second stage, which then replaces the first one. Nothing that is in the picture moves.

(() => {
    'use strict';

    const page = (window.CreditsPage = window.CreditsPage || {});

    /** How long to wait if the roll glides just when the second stage is ready, and how often to try again. */
    const AGAIN_MS = 1000;
    const TRIES = 3;

    /** A section with these names from the place `from` on. Returns the section itself if it has them, or if names between are missing. */
    function withGuests(content, { from, names, title }) {
        const old = content && Array.isArray(content.names) ? content.names : undefined;
        if (!old || !Array.isArray(names) || !Number.isInteger(from) || from < 0 || from > old.length || from + names.length <= old.length) return content;
        return { ...content, title: typeof title === 'string' ? title : content.title, names: [...old.slice(0, from), ...names] };
    }

    /** Resolves when the images on a stage can be drawn. */
    const drawable = (stage) => Promise.race([
        Promise.all([...stage.querySelectorAll('img')].map((image) => image.decode().catch(() => {}))),
        page.pause(AGAIN_MS),
    ]);

    class Guests {
        constructor(credits) {
            this.credits = credits;
            this.isBusy = false;
            this.isDue = false;
        }

        /** `list` has all guests of the roll: for each section its place, the place of the first guest, and their names. */
        join(list) {
            const { credits } = this;
            if (!Array.isArray(list)) return;
            const sections = [...credits.roll.sections];
            for (const one of list) {
                if (one && sections[one.section]) sections[one.section] = withGuests(sections[one.section], one);
            }
            if (sections.every((content, index) => content === credits.roll.sections[index])) return;
            credits.roll = { ...credits.roll, sections };
            if (credits.begin) credits.build(credits.begin); // it is being laid out just now
            else this.welcome();
        }

        async welcome() {
            this.isDue = true;
            if (this.isBusy) return;
            this.isBusy = true;
            for (let tries = 0; this.isDue && tries < TRIES; ) {
                this.isDue = false;
                if (await this.replaceScene()) {
                    tries = 0;
                } else {
                    tries++;
                    this.isDue = true;
                    await page.pause(AGAIN_MS);
                }
            }
            this.isBusy = false;
        }

        /** Returns whether nothing is left to be done. */
        async replaceScene() {
            const { credits } = this;
            const { scene: old, stage, turn } = credits;
            if (!old) return true;
            const contents = credits.roll.sections.map((content, index) => (content && old.isUnseen(index) ? content : old.contents[index]));
            if (contents.every((content, index) => content === old.contents[index])) return true;
            const isWanted = () => turn === credits.turn && credits.scene === old;
            const fresh = stage.cloneNode(false);
            fresh.classList.add('waiting');
            stage.after(fresh);
            const scene = await credits.lay(fresh, contents, { isWanted, like: old });
            if (scene) {
                // Puts the names near the picture into the document.
                scene.player.set({ timeMs: old.player.timeMs, isPaused: true });
                await drawable(fresh);
            }
            const isDone = scene && isWanted() && credits.wanted === undefined && old.isLike(scene);
            if (!isDone) {
                if (scene) scene.player.end();
                fresh.remove();
                return !isWanted();
            }
            const { timeMs, rate, isPaused } = old.player;
            scene.player.set({ timeMs, rate, isPaused });
            old.player.end();
            fresh.classList.remove('waiting');
            stage.replaceWith(fresh);
            credits.stage = fresh;
            credits.put(scene);
            credits.shownNames();
            credits.become(isPaused ? 'paused' : 'rolling');
            return true;
        }
    }

    Object.assign(page, { Guests });
})();
