// now.js: the tab "Now": OBS, Twitchat, the page, the journal, the session, and what is wrong with them.

(() => {
    'use strict';

    const panel = window.Panel;
    const { html } = window.htmPreact;
    const { t, Ask, Do, Section } = panel;

    const MARKS = { ok: '✓', note: 'i', bad: '!' };
    const ORDER = { bad: 0, note: 1, ok: 2 };

    const newSession = () => panel.act('ClearCredits', {}, () => t('session.begun'));
    const askNewSession = () => ({ title: t('session.new'), text: t('session.new.ask'), ok: t('session.new'), isDangerous: true });

    function Finding({ finding }) {
        const { state, text, fix, commands = [], go, action, reload } = finding;
        return html`<li class=${`finding ${state}`}>
            <span class="mark" role="img" aria-label=${t(`state.${state}`)}>${MARKS[state]}</span>
            <div>
                <p>${text}</p>
                ${fix && html`<p class="hint">${fix}</p>`}
                <div class="row">
                    ${commands.map((command) => html`<${Do} small title=${t('copy.command', { command })} run=${() => panel.copy(command)}><code>${command}</code> · ${t('copy')}<//>`)}
                    ${go && html`<${Do} small label=${t('go', { tab: t(`tab.${go}`) })} run=${() => panel.set({ tab: go })} />`}
                    ${action === 'newSession' && html`<${Ask} small label=${t('session.new')} run=${newSession} ask=${askNewSession()} />`}
                    ${reload && html`<${Do} small label=${t('reload')} run=${() => location.reload()} />`}
                </div>
            </div>
        </li>`;
    }

    function Findings({ findings }) {
        const sorted = [...findings].sort((one, other) => ORDER[one.state] - ORDER[other.state]);
        return html`<ul class="findings">${sorted.map((finding) => html`<${Finding} key=${finding.text} finding=${finding} />`)}</ul>`;
    }

    function Facts({ status }) {
        const { session, obs, twitchat, overlay } = status;
        const facts = [
            [t('fact.stream'), obs.streaming ? t('fact.live', { duration: panel.duration(obs.streamSeconds) }) : t('fact.offline')],
            [t('fact.session'), t('fact.session.value', { id: session.id, duration: panel.duration(session.seconds) })],
            [t('fact.counted'), panel.number(session.credits)],
            [t('fact.people'), panel.number(status.people)],
            [t('fact.scene'), obs.scene || '–'],
            [t('fact.shown'), overlay.shown ? t('yes') : t('no')],
            [t('fact.twitchat'), twitchat.lastReceived ? panel.time(twitchat.lastReceived) : '–'],
        ];
        return html`<dl class="facts">${facts.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
    }

    function Now() {
        const { status, otherBridge } = panel.state;
        const ofLink = panel.problems.ofLink(panel.state);
        const now = Date.now();
        const known = status ? panel.problems.ofStatus(status, { version: panel.version, otherBridge, now }) : [];
        const reopen = () => panel.act('ReopenSession', { session: 'last' }, ({ session }) => t('session.reopened', { id: session.id }));
        return html`
            ${ofLink.length > 0 && html`<${Section} title=${t('now.connection')}><${Findings} findings=${ofLink} /><//>`}
            ${status && html`<${Section} title=${t('now.facts')}><${Facts} status=${status} />
                <div class="row">
                    <${Ask} label=${t('session.new')} run=${newSession} ask=${askNewSession()} />
                    <${Ask} label=${t('session.reopenLast')} run=${reopen} ask=${{ title: t('session.reopenLast'), text: t('session.reopen.ask'), ok: t('session.reopen'), isDangerous: true }} />
                </div><//>
                <${Section} title=${t('now.checks')}><${Findings} findings=${known} /><//>`}`;
    }

    Object.assign(panel, { Now, Findings });
})();
