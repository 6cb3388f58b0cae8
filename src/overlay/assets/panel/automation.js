// automation.js: the tab "Automation": rules, named actions and labels with their last error, and the trial of rules.

(() => {
    'use strict';

    const panel = window.Panel;
    const { html, useEffect, useState } = window.htmPreact;
    const { t, Ask, Do, Field, Section } = panel;

    function Runs({ title, list, name, hint }) {
        const one = (item) => {
            const facts = name === 'source'
                ? [t('label.writes', { count: panel.number(item.writes || 0) })]
                : [t('rule.runs', { count: panel.number(item.runs || 0) }), item.running ? t('rule.running', { count: item.running }) : '', item.failed ? t('rule.failures', { count: item.failed }) : '', item.skipped ? t('rule.skipped', { count: item.skipped }) : ''];
            const error = item.lastError || item.error;
            return html`<li key=${item[name]}><p><strong>${item[name]}</strong> ${item.enabled === false && html`<span class="note">${t('rule.off')}</span>`}<br />
                <span class="note">${facts.filter(Boolean).join(' · ')}</span></p>
                ${error && html`<p class="error">${t('rule.lastError', { error })}</p>`}</li>`;
        };
        return html`<${Section} title=${title}>${list.length === 0 ? html`<p>${hint}</p>` : html`<ul class="list">${list.map(one)}</ul>`}<//>`;
    }

    function Step({ step }) {
        return html`<li><code>${step.step}</code>${step.error ? html`<p class="error">${step.error}</p>` : step.does !== undefined && html`<pre tabindex="0">${JSON.stringify(step.does, null, 1)}</pre>`}</li>`;
    }

    function Outcome({ reply }) {
        return html`<div aria-live="polite">
            ${(reply.warnings || []).map((warning) => html`<p class="hint" key=${warning}>${warning}</p>`)}
            ${reply.rules.length === 0 && html`<p>${t('trial.none', { name: reply.name })}</p>`}
            <ul class="list">${reply.rules.map((rule) => html`<li key=${rule.rule}><p><span class=${`mark ${rule.runs ? 'ok' : 'note'}`} aria-hidden="true">${rule.runs ? '✓' : '–'}</span> <strong>${rule.rule}</strong><br />
                <span class="note">${rule.runs ? t('trial.runs') : rule.decision}</span></p>
                ${rule.runs && html`<ol class="plain">${(rule.steps || []).map((step, index) => html`<${Step} key=${index} step=${step} />`)}</ol>`}</li>`)}</ul>
            <p class="hint">${t('trial.nothing')}</p></div>`;
    }

    function Trial() {
        const [name, setName] = useState((panel.state.trial && panel.state.trial.name) || 'Twitch.Follow');
        const [data, setData] = useState((panel.state.trial && panel.state.trial.data) || '');
        const [names, setNames] = useState([]);
        const [reply, setReply] = useState(null);
        useEffect(() => {
            if (!panel.bus.isReady) return;
            panel.bus.request('GetEvents', { spelling: 'current' }).then(({ events }) => {
                setNames(Object.entries(events).filter(([source]) => source !== 'Twitchat').flatMap(([source, types]) => types.map((type) => `${source}.${type}`)));
            }, () => {});
        }, [panel.bus.isReady]);
        const run = async () => {
            let fields = { name };
            if (data.trim()) {
                try {
                    fields = { ...fields, data: JSON.parse(data) };
                } catch (error) {
                    panel.toast(t('trial.badData', { error: error.message }), true);
                    return;
                }
            }
            setReply((await panel.act('TestRule', fields)) || null);
        };
        return html`<${Section} title=${t('trial.title')}>
            <p class="hint">${t('trial.hint')}</p>
            <datalist id="event-names">${[...new Set([...panel.seenEvents(), ...names])].map((event) => html`<option value=${event}></option>`)}</datalist>
            <${Field} label=${t('trial.event')}>${(id) => html`<input id=${id} list="event-names" value=${name} onInput=${(event) => setName(event.target.value.trim())} />`}<//>
            <${Field} label=${t('trial.data')} hint=${t('trial.data.hint')}>${(id) => html`<textarea id=${id} rows="4" spellcheck="false" value=${data} onInput=${(event) => setData(event.target.value)}></textarea>`}<//>
            <div class="row"><${Ask} kind="primary" label=${t('trial.run')} run=${run} reason=${name ? '' : t('trial.noEvent')} />
                <${Do} label=${t('trial.example')} run=${() => setData('')} reason=${data ? '' : t('trial.isExample')} /></div>
            ${reply && html`<${Outcome} reply=${reply} />`}
        <//>`;
    }

    function Automation() {
        const { status } = panel.state;
        return html`
            ${!status && html`<p>${panel.offReason() || t('loading')}</p>`}
            ${status && html`
                <${Runs} title=${t('rules')} list=${status.rules || []} name="name" hint=${t('rules.none')} />
                <${Runs} title=${t('actions')} list=${status.actions || []} name="name" hint=${t('actions.none')} />
                <${Runs} title=${t('labels')} list=${status.labels || []} name="source" hint=${t('labels.none')} />`}
            <${Trial} />`;
    }

    Object.assign(panel, { Automation });
})();
