// state.js: what the panel knows, and the requests that keep it up to date. Components read `panel.state` and are drawn again after `set`.

(() => {
    'use strict';

    const panel = window.Panel;
    const { useEffect, useState } = window.htmPreact;

    const DRAW_EVERY_MS = 50;
    const ASK_EVERY_MS = 2000;
    /** While credits roll, their position changes. */
    const ASK_OFTEN_MS = 1000;
    const TOAST_MS = 8000;
    const MOST_TOASTS = 4;

    const state = {
        tab: 'now', link: 'connecting', bridge: 'unknown',
        status: null, statusAt: 0, settings: null, settingsError: null,
        toasts: [], dialog: null, undoneSettings: [], otherBridge: null,
    };
    const listeners = new Set();
    let isDue = false;

    /** Changes the state. Many changes within a moment are drawn once. */
    function set(values) {
        Object.assign(state, values);
        if (isDue) return;
        isDue = true;
        setTimeout(() => {
            isDue = false;
            for (const listener of [...listeners]) listener();
        }, DRAW_EVERY_MS);
    }

    /** Draws a component again after each change. */
    function useChanges() {
        const [, draw] = useState(0);
        useEffect(() => {
            const listener = () => draw((count) => count + 1);
            listeners.add(listener);
            return () => listeners.delete(listener);
        }, []);
    }

    const messages = new Set();
    /** Calls `listener` with each message on OBS, until the returned function is called. */
    function onMessage(listener) {
        messages.add(listener);
        return () => messages.delete(listener);
    }

    const bus = new panel.Bus({
        onChange: () => set({ link: bus.link, bridge: bus.bridge }),
        onMessage: (message) => {
            noticeOthers(message);
            for (const listener of messages) listener(message);
        },
        onBridge: () => {
            refresh();
            loadSettings();
            for (const listener of greeted) listener();
        },
    });

    const greeted = new Set();
    /** Calls `listener` whenever a bridge has come, until the returned function is called. */
    function onBridge(listener) {
        greeted.add(listener);
        return () => greeted.delete(listener);
    }

    /** A second bridge answers the panel's requests as well. */
    function noticeOthers(message) {
        const known = state.status && state.status.bridge;
        if (message.origin !== 'twitchat-bridge' || message.client !== bus.name || !known) return;
        if (message.bridge !== known && typeof message.status === 'string') set({ otherBridge: Date.now() });
    }

    let isAsking = false;
    async function refresh() {
        if (isAsking || !bus.isReady) return;
        isAsking = true;
        try {
            set({ status: await bus.request('GetStatus'), statusAt: Date.now() });
        } catch {
            // the state of the connection is shown anyway
        }
        isAsking = false;
    }

    async function loadSettings() {
        try {
            const reply = await bus.request('GetSettings');
            const byKey = Object.fromEntries(reply.settings.map((setting) => [setting.key, setting]));
            set({ settings: { ...reply, byKey }, settingsError: null });
        } catch (error) {
            set({ settings: null, settingsError: error.message });
        }
    }

    async function keepAsking() {
        for (;;) {
            if (!document.hidden) await refresh();
            const isRolling = state.status && state.status.overlay && state.status.overlay.roll;
            await new Promise((resolve) => setTimeout(resolve, isRolling ? ASK_OFTEN_MS : ASK_EVERY_MS));
        }
    }

    let toasts = 0;
    /** Shows a sentence for some seconds; an error stays until it is closed. */
    function toast(text, isError = false) {
        const id = ++toasts;
        set({ toasts: [...state.toasts, { id, text, isError }].slice(-MOST_TOASTS) });
        if (!isError) setTimeout(() => closeToast(id), TOAST_MS);
    }
    function closeToast(id) {
        set({ toasts: state.toasts.filter((shown) => shown.id !== id) });
    }

    /** Sends a request and shows `done(reply)` and the reply's warnings, or the error. Returns the reply; `undefined` after an error. */
    async function act(name, fields, done) {
        try {
            const reply = await bus.request(name, fields);
            const text = done && done(reply);
            if (text) toast(text);
            for (const warning of reply.warnings || []) toast(warning);
            if (reply.durable === false) toast(panel.t('warn.notDurable'));
            refresh();
            return reply;
        } catch (error) {
            toast(error.message, true);
            return undefined;
        }
    }

    /** Why no request can be sent now; empty if one can. */
    function offReason() {
        if (state.link !== 'up') return panel.t('reason.noObs');
        if (state.bridge !== 'present') return panel.t('reason.noBridge');
        return '';
    }

    /** Asks the user in a dialog. Resolves with the values of its fields; `undefined` if the user cancels. */
    function ask(dialog) {
        return new Promise((resolve) => set({ dialog: { ...dialog, resolve } }));
    }

    Object.assign(panel, { state, set, useChanges, onMessage, onBridge, bus, refresh, loadSettings, keepAsking, toast, closeToast, act, offReason, ask });
})();
