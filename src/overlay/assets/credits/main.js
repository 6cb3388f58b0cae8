// main.js: starts the page as one of three things: the overlay, the demo, or the exported file.

(() => {
    'use strict';

    const page = window.CreditsPage;

    const stage = page.make('main', 'stage');
    document.body.append(stage);

    let tell = () => {};
    const credits = new page.Credits(stage, (report) => tell(report));
    page.credits = credits; // for custom scripts and tests

    const options = new URLSearchParams(location.hash.slice(1));
    // In a browser there is no picture behind the page, and light letters are not readable on white.
    if (options.has('demo') || options.has('backdrop')) {
        const root = document.documentElement;
        root.classList.add('backdrop');
        if (options.get('backdrop')) root.style.backgroundColor = options.get('backdrop');
    }
    const embedded = document.getElementById('roll');
    if (embedded) {
        const reader = new page.Reader(credits, JSON.parse(embedded.textContent));
        tell = (report) => reader.changed(report);
        if (!matchMedia('(prefers-reduced-motion: reduce)').matches) reader.play();
    } else if (options.has('demo')) {
        credits.take(page.sampleRoll(options));
    } else {
        tell = page.feed({ onRoll: (roll) => credits.take(roll), onControl: (control) => credits.control(control), report: () => credits.report });
    }
    addEventListener('hashchange', () => location.reload());

    const KEYS = {
        ' ': () => credits.toggle(),
        ArrowDown: () => credits.control({ command: 'next' }),
        ArrowRight: () => credits.control({ command: 'next' }),
        ArrowUp: () => credits.control({ command: 'previous' }),
        ArrowLeft: () => credits.control({ command: 'previous' }),
    };
    addEventListener('keyup', ({ key }) => {
        if (Object.prototype.hasOwnProperty.call(KEYS, key)) KEYS[key]();
    });
})();
