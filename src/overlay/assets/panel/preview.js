// preview.js: the end-credits page in a frame of the panel. It has no connection; the panel around it sends rolls and controls.

(() => {
    'use strict';

    const page = window.CreditsPage;
    const tell = (preview) => window.parent.postMessage({ preview }, '*');

    const stage = page.make('main', 'stage');
    document.body.append(stage);
    document.documentElement.classList.add('backdrop');
    const credits = new page.Credits(stage, ({ state }) => tell(state));
    page.credits = credits; // for tests

    const inbox = new page.Inbox({ onRoll: (roll) => credits.take(roll), onControl: (control) => credits.control(control) });

    addEventListener('message', ({ source, data }) => {
        if (source !== window.parent || typeof data !== 'object' || data === null) return;
        if (data.message) inbox.take(data.message);
        if (!data.roll) return;
        const { elapsedMs = 0, state } = credits.report;
        credits.take(data.keep && state !== 'idle' ? { ...data.roll, elapsedMs } : data.roll);
    });
    tell('ready');
})();
