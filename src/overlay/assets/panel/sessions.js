// sessions.js: the list of sessions in the tab "Credits": show, roll again, reopen, join, export.

(() => {
    'use strict';

    const panel = window.Panel;
    const { html, useEffect, useState } = window.htmPreact;
    const { t, Ask, Section } = panel;

    const FIRST = 8;

    function Sessions({ shown, onShow, turn, onDone }) {
        const [limit, setLimit] = useState(FIRST);
        const [list, setList] = useState(null);
        const { status } = panel.state;
        const running = status && status.session.id;
        useEffect(() => {
            if (!panel.bus.isReady) return;
            panel.bus.request('ListSessions', { limit }).then(setList, (error) => panel.toast(error.message, true));
        }, [limit, running, turn, panel.bus.isReady]);
        if (!list) return null;
        const then = (name, fields, done) => async () => {
            await panel.act(name, fields, done);
            onShow('running');
            onDone();
        };
        const one = (session, index) => {
            const { id } = session;
            const before = list.sessions[index + 1];
            const isShown = session.running ? shown === 'running' : shown === id;
            const roll = () => panel.act('RollCredits', { session: id }, () => t('roll.begun'));
            return html`<li key=${id} class=${isShown ? 'shown' : ''}>
                <p><strong>${t('session.name', { id })}</strong> ${session.running && html`<span class="note">${t('session.runs')}</span>`}<br />
                    <span class="note">${panel.date(session.started)} · ${panel.duration(session.seconds)} · ${panel.textOr(`cause.${session.cause}`, session.cause)}</span></p>
                <div class="row">
                    <${Ask} small label=${t('session.show')} run=${() => onShow(session.running ? 'running' : id)} reason=${isShown ? t('reason.shown') : ''} />
                    ${!session.running && html`
                        <${Ask} small label=${t('session.roll')} run=${roll} ask=${status && status.overlay.roll ? { title: t('session.roll'), text: t('roll.replaces'), ok: t('roll.start'), isDangerous: true } : undefined} />
                        <${Ask} small label=${t('session.reopen')} run=${then('ReopenSession', { session: id }, () => t('session.reopened', { id }))}
                            ask=${{ title: t('session.reopen'), text: t('session.reopen.ask'), ok: t('session.reopen'), isDangerous: true }} />`}
                    ${before && html`<${Ask} small label=${t('session.join', { id: before.id })} run=${then('JoinSessions', { sessions: [before.id, id] }, () => t('session.joined'))}
                        ask=${{ title: t('session.join', { id: before.id }), text: t('session.join.ask', { first: before.id, second: id }), ok: t('session.join', { id: before.id }), isDangerous: true }} />`}
                    <${panel.Export} small session=${session.running ? 'running' : id} />
                </div>
            </li>`;
        };
        return html`<${Section} title=${t('sessions')}>
            <ul class="list">${list.sessions.map(one)}</ul>
            ${list.limited && html`<${Ask} small label=${t('more')} run=${() => setLimit(limit * 4)} />`}
        <//>`;
    }

    Object.assign(panel, { Sessions });
})();
