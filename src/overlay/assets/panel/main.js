// main.js: the tabs, the head of the panel, and its start.

(() => {
    'use strict';

    const panel = window.Panel;
    const { html, render, useEffect, useRef } = window.htmPreact;
    const { t, Toasts, Dialog } = panel;

    const TABS = [['now', () => panel.Now], ['roll', () => panel.Roll], ['credits', () => panel.Credits], ['look', () => panel.Look], ['events', () => panel.Events], ['automation', () => panel.Automation]];
    const NAMES = TABS.map(([name]) => name);

    panel.version = window.PanelInstalled.version;

    function connection() {
        const { link, bridge, status } = panel.state;
        if (link !== 'up') return ['bad', t('head.noObs')];
        if (bridge === 'absent') return ['bad', t('head.noBridge')];
        if (bridge !== 'present' || !status) return ['note', t('head.wait')];
        const isBad = panel.problems.ofStatus(status, { version: panel.version, otherBridge: panel.state.otherBridge, now: Date.now() }).some(({ state }) => state === 'bad');
        return isBad ? ['note', t('head.problems')] : ['ok', t('head.good')];
    }

    function Head() {
        const [state, text] = connection();
        const choose = (event) => {
            panel.chooseLanguage(event.target.value);
            panel.set({});
        };
        return html`<header class="head">
            <h1>Twitchat bridge</h1>
            <p class=${`chip ${state}`} role="status"><span class="mark" aria-hidden="true"></span>${text}</p>
            <select aria-label=${t('language.choose')} value=${panel.language} onChange=${choose}>${panel.languages.map(([code, name]) => html`<option value=${code}>${name}</option>`)}</select>
        </header>`;
    }

    function Tabs() {
        const { tab } = panel.state;
        const list = useRef();
        const go = (name) => {
            panel.set({ tab: name });
            list.current.querySelector(`#tab-${name}`).focus();
        };
        const onKey = (event) => {
            const at = NAMES.indexOf(panel.state.tab);
            const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: NAMES.length - 1 }[event.key];
            if (to === undefined) return;
            event.preventDefault();
            go(NAMES[(to + NAMES.length) % NAMES.length]);
        };
        return html`<div class="tabs" role="tablist" ref=${list} onKeyDown=${onKey}>${NAMES.map((name) => html`<button type="button" role="tab" id=${`tab-${name}`} key=${name}
            aria-selected=${name === tab ? 'true' : 'false'} aria-controls="tab-panel" tabindex=${name === tab ? 0 : -1} onClick=${() => panel.set({ tab: name })}>${t(`tab.${name}`)}</button>`)}</div>`;
    }

    function App() {
        panel.useChanges();
        const { tab } = panel.state;
        useEffect(() => {
            document.documentElement.lang = panel.language;
        });
        const Tab = TABS[NAMES.indexOf(tab)][1]();
        const off = tab === 'now' ? [] : panel.problems.ofLink(panel.state);
        return html`<${Head} />
            <main>
                <${Tabs} />
                <div id="tab-panel" role="tabpanel" aria-labelledby=${`tab-${tab}`} key=${tab}>
                    ${off.length > 0 && html`<${panel.Findings} findings=${off} />`}
                    <${Tab} />
                </div>
                <${Toasts} />
            </main>
            <${Dialog} />`;
    }

    render(html`<${App} />`, document.getElementById('app'));
    panel.bus.keep();
    panel.keepAsking();
    document.addEventListener('visibilitychange', () => {
        if (!document.hidden) panel.refresh();
    });
})();
