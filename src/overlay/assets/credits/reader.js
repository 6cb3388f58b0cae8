// reader.js: the exported file, which has its roll in itself: plays it at once, then is a page to read, search and print.

(() => {
    'use strict';

    const page = (window.CreditsPage = window.CreditsPage || {});
    const { make } = page;

    /** Shows the roll as a document below the stage, and the stage above it as long as it plays. */
    class Reader {
        constructor(credits, roll) {
            this.credits = credits;
            this.roll = roll;
            this.root = document.documentElement;
            this.count = 0;
            const look = page.lookOf(roll.look);
            const sections = roll.sections.map((content, index) => page.section(content || {}, index, look, () => {}));
            const article = make('article', 'stage document', ...sections);
            page.applyLook(article, { ...look, mode: 'scroll', stickyTitles: false });
            article.classList.remove('stage');
            const button = make('button', 'play', '▶');
            button.title = 'Play';
            button.addEventListener('click', () => this.play());
            document.body.append(article, button);
            this.root.classList.add('reader');
            for (const type of ['click', 'wheel', 'touchmove']) credits.stage.addEventListener(type, () => this.read(), { passive: true });
            addEventListener('keydown', ({ key }) => key === 'Escape' && this.read());
        }

        play() {
            this.root.classList.add('playing');
            this.count++;
            const { roll } = this;
            this.credits.take({ ...roll, id: `${roll.id} ${this.count}`, elapsedMs: 0, paused: false, rate: 1, test: false, look: { ...roll.look, loop: false } });
        }

        read() {
            this.root.classList.remove('playing');
            this.credits.clear();
        }

        /** Hears how the roll fares. */
        changed({ state }) {
            if (state === 'complete' || state === 'stopped') this.read();
        }
    }

    Object.assign(page, { Reader });
})();
