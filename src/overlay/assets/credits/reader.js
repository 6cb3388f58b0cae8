// reader.js: the exported file, which contains its roll. It plays the roll, and is then a page to read, search and print.

(() => {
    'use strict';

    const page = (window.CreditsPage = window.CreditsPage || {});
    const { make } = page;

    /** Whether the names are dark and have only the page as their background. */
    function hasDarkNames(article) {
        const section = article.querySelector('.section');
        if (!section || !page.isDark(getComputedStyle(section).color)) return false;
        const { backgroundImage, backgroundColor } = getComputedStyle(section);
        return backgroundImage === 'none' && backgroundColor === 'rgba(0, 0, 0, 0)';
    }

    /** Shows the roll as a document below the stage, and the stage above it while the roll plays. */
    class Reader {
        constructor(credits, roll) {
            this.credits = credits;
            this.roll = roll;
            this.root = document.documentElement;
            this.count = 0;
            const look = page.lookOf(roll.look);
            const sections = roll.sections.map((content, index) => page.section(content || {}, index, look, () => {}));
            // The article is a stage as well, because colours and fonts of themes and of custom.css are set on stages.
            const article = make('article', 'stage document', ...sections);
            page.applyLook(article, { ...look, mode: 'scroll', stickyTitles: false });
            const button = make('button', 'play', '▶');
            button.title = 'Play';
            button.addEventListener('click', () => this.play());
            document.body.append(article, button);
            this.root.classList.add('reader');
            this.root.classList.toggle('light', hasDarkNames(article));
            for (const type of ['click', 'wheel', 'touchmove']) credits.stage.addEventListener(type, () => this.read(), { passive: true });
            addEventListener('keydown', ({ key }) => key === 'Escape' && this.read());
        }

        play() {
            this.root.classList.add('playing');
            this.count++;
            const { roll } = this;
            this.credits.take({ ...roll, id: `${roll.id} ${this.count}`, elapsedMs: 0, paused: false, rate: 1, test: false, look: { ...roll.look, loop: false, dim: 0 } });
        }

        read() {
            this.root.classList.remove('playing');
            this.credits.clear();
        }

        /** Receives the state of the roll. */
        changed({ state }) {
            if (state === 'complete' || state === 'stopped') this.read();
        }
    }

    Object.assign(page, { Reader });
})();
