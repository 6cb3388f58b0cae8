// events.js: the tab "Events": what the bridge emits, with a filter.

(() => {
    'use strict';

    const panel = window.Panel;
    const { html, useEffect, useState } = window.htmPreact;
    const { t, Do, Section } = panel;

    const MOST_KEPT = 500;
    const MOST_SHOWN = 100;
    const DRAW_EVERY_MS = 250;
    const RENEW_EVERY_MS = 3600000;
    /** Sources with a copy of each message, or of everything in OBS. */
    const RAW = ['Twitchat', 'Obs', 'Raw'];

    let events = [];
    let count = 0;
    let isPaused = false;
    let wantsRaw = false;
    const listeners = new Set();
    let isDue = false;

    function changed() {
        if (isDue) return;
        isDue = true;
        setTimeout(() => {
            isDue = false;
            for (const listener of listeners) listener();
        }, DRAW_EVERY_MS);
    }

    panel.onMessage((message) => {
        if (isPaused || message.origin !== 'twitchat-bridge' || !message.event || typeof message.event.type !== 'string' || message.status) return;
        events.unshift({ key: ++count, at: Date.now(), name: `${message.event.source}.${message.event.type}`, message });
        if (events.length > MOST_KEPT) events.length = MOST_KEPT;
        changed();
    });

    /** The name of a person in the data of an event, for the list. */
    function personIn(data) {
        if (typeof data !== 'object' || data === null) return '';
        const user = data.user || (data.message && data.message.displayName ? data.message : {});
        const name = data.displayName || data.userName || data.user_name || user.displayName || user.name || data.from || data.name || '';
        return typeof name === 'string' ? name : '';
    }

    async function subscriptions() {
        const { events: all } = await panel.bus.request('GetEvents', { spelling: 'current' });
        const sources = Object.keys(all).filter((source) => wantsRaw || !RAW.includes(source));
        return Object.fromEntries(sources.map((source) => [source, ['*']]));
    }

    let subscribed = null;
    async function subscribe() {
        try {
            const wanted = await subscriptions();
            await panel.bus.request('Subscribe', { events: wanted });
            subscribed = wanted;
        } catch (error) {
            if (error.kind !== 'offline') panel.toast(error.message, true);
        }
    }
    async function unsubscribe() {
        if (!subscribed || !panel.bus.isReady) return;
        const wanted = subscribed;
        subscribed = null;
        await panel.bus.request('UnSubscribe', { events: wanted }).catch(() => {}); // the bridge ends them by itself after a day
    }

    function Event({ event }) {
        const [isOpen, setOpen] = useState(false);
        const json = () => JSON.stringify(event.message, null, 2);
        const tryRules = () => panel.set({ tab: 'automation', trial: { name: event.name, data: JSON.stringify(event.message.data || {}, null, 2) } });
        return html`<li>
            <button type="button" class="line" aria-expanded=${isOpen ? 'true' : 'false'} onClick=${() => setOpen(!isOpen)}>
                <span class="note">${panel.time(event.at)}</span> <strong>${event.name}</strong> <bdi>${personIn(event.message.data)}</bdi></button>
            ${isOpen && html`<div class="row">
                <${Do} small label=${t('event.copy')} run=${() => panel.copy(json())} />
                <${Do} small label=${t('event.try')} run=${tryRules} />
            </div><pre tabindex="0">${json()}</pre>`}
        </li>`;
    }

    function Events() {
        const [filter, setFilter] = useState('');
        const [, draw] = useState(0);
        useEffect(() => {
            const listener = () => draw((turn) => turn + 1);
            listeners.add(listener);
            if (panel.bus.isReady) subscribe();
            const stop = panel.onBridge(subscribe);
            const timer = setInterval(subscribe, RENEW_EVERY_MS);
            return () => {
                listeners.delete(listener);
                stop();
                clearInterval(timer);
                unsubscribe();
            };
        }, []);
        const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
        const fits = (event) => {
            if (words.length === 0) return true;
            if (event.text === undefined) event.text = `${event.name} ${JSON.stringify(event.message.data)}`.toLowerCase();
            return words.every((word) => event.text.includes(word));
        };
        const fitting = [];
        for (const event of events) {
            if (fits(event)) fitting.push(event);
            if (fitting.length === MOST_SHOWN) break;
        }
        const pause = () => {
            isPaused = !isPaused;
            draw((turn) => turn + 1);
        };
        const clear = () => {
            events = [];
            draw((turn) => turn + 1);
        };
        const raw = async (event) => {
            wantsRaw = event.target.checked;
            await unsubscribe();
            await subscribe();
        };
        return html`<${Section} title=${t('tab.events')} actions=${html`
                <${Do} small label=${isPaused ? t('event.goOn') : t('event.pause')} run=${pause} />
                <${Do} small label=${t('event.clear')} run=${clear} reason=${events.length === 0 ? t('event.none') : ''} />
                <${Do} small label=${t('event.copyAll')} run=${() => panel.copy(JSON.stringify(fitting.map(({ message }) => message), null, 2))} reason=${fitting.length === 0 ? t('event.none') : ''} />`}>
            <div class="row"><input class="grow" type="search" aria-label=${t('event.filter')} placeholder=${t('event.filter')} value=${filter} onInput=${(event) => setFilter(event.target.value)} />
                <label><input type="checkbox" checked=${wantsRaw} onChange=${raw} /> ${t('event.raw')}</label></div>
            <p class="hint">${panel.offReason() || t('event.count', { shown: panel.number(fitting.length), count: panel.number(count) })}</p>
            <ul class="list events">${fitting.map((event) => html`<${Event} key=${event.key} event=${event} />`)}</ul>
        <//>`;
    }

    Object.assign(panel, { Events, seenEvents: () => [...new Set(events.map((event) => event.name))] });
})();
