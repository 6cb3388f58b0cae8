// people.js: the tab "Credits": the sections of a session with their people, the search, and corrections.

(() => {
    'use strict';

    const panel = window.Panel;
    const { html, useEffect, useState } = window.htmPreact;
    const { t, Ask, Do, Section } = panel;

    const FIRST_ENTRIES = 50;
    const COUNT_EVERY_MS = 4000;
    const FOUND = 30;
    const GROUPS = ['Events', 'User', 'Custom'];

    const titleOf = (section) => panel.textOr(`section.${section}`, section);

    /** A person as a request names them. */
    function personOf({ person, platform, id, login, name }) {
        if (person) return person;
        if (id) return { platform, id };
        return platform ? { platform, name: login || name } : login || name;
    }

    function amountOf({ amount, amounts, unit, count, tier }) {
        if (amounts) return Object.entries(amounts).map(([currency, sum]) => `${sum} ${currency}`).join(', ');
        if (amount) return `${panel.number(amount)} ${panel.textOr(`unit.${unit}`, unit || '')}`;
        if (tier) return panel.textOr(`tier.${tier}`, tier);
        return count > 1 ? `×${panel.number(count)}` : '';
    }

    /** What was undone or edited, in a sentence. */
    function describe(edit) {
        if (typeof edit !== 'object' || edit === null) return '';
        const word = edit.edit || edit.kind || '';
        const name = (edit.person && (edit.person.name || edit.person.login)) || edit.name || edit.section || edit.entry || '';
        return `${panel.textOr(`edit.${word}`, word)} ${name}`.trim();
    }

    // ---- corrections -------------------------------------------------------------------------------------------------------

    const ofSession = (session) => (session === 'running' ? {} : { session });

    function edit(session, fields, done) {
        return panel.act('EditCredits', { ...fields, ...ofSession(session) }, () => done);
    }

    async function rename(session, who) {
        const values = await panel.ask({ title: t('rename.title', { name: who.name }), fields: [{ name: 'name', label: t('rename.name'), value: who.name }], ok: t('rename') });
        if (values) await edit(session, { edit: 'rename', person: personOf(who), name: values.name }, t('renamed', { name: who.name, other: values.name }));
    }

    async function merge(session, who) {
        const values = await panel.ask({ title: t('merge.title', { name: who.name }), text: t('merge.text'), fields: [{ name: 'into', label: t('merge.into') }], ok: t('merge') });
        if (values) await edit(session, { edit: 'merge', person: personOf(who), into: values.into }, t('merged', { name: who.name, other: values.into }));
    }

    async function add(session) {
        const fields = [{ name: 'section', label: t('add.section'), value: t('add.usual') }, { name: 'value', label: t('add.value') }];
        const values = await panel.ask({ title: t('add.title'), fields, ok: t('add') });
        if (values) await edit(session, { edit: 'add', ...values }, t('added', { value: values.value }));
    }

    async function explain(session, who) {
        let reply;
        try {
            reply = await panel.bus.request('ExplainPerson', { person: personOf(who), ...ofSession(session) });
        } catch (error) {
            panel.toast(error.message, true);
            return;
        }
        const line = (event) => html`<li>${panel.date(event.at)} · ${event.kind} · ${event.source}${event.counted === false ? ` · ${t('explain.not', { why: event.why || '' })}` : ''}</li>`;
        const content = html`${reply.events.length === 0 && html`<p>${t('explain.none')}</p>`}<ol class="plain long">${reply.events.map(line)}</ol>`;
        await panel.ask({ title: t('explain.title', { name: who.name }), content, isNote: true, ok: t('close') });
    }

    const undo = (session) => panel.act('Undo', ofSession(session), ({ undone, left }) => t('undone', { what: (undone || []).map(describe).join(', '), left }));

    /** A person with the buttons for corrections. */
    function Person({ session, who, note, entry, onDone }) {
        const [isOpen, setOpen] = useState(false);
        const then = (run) => async () => {
            await run();
            onDone();
        };
        const hide = () => edit(session, { edit: 'hide', person: personOf(who) }, t('hidden', { name: who.name }));
        const show = () => edit(session, { edit: 'show', person: personOf(who) }, t('shown', { name: who.name }));
        const remove = () => edit(session, { edit: 'remove', entry }, t('removed', { name: who.name }));
        const isPerson = Boolean(who.id || who.login || who.person);
        return html`<li class="person">
            <button type="button" class="line" aria-expanded=${isOpen ? 'true' : 'false'} onClick=${() => setOpen(!isOpen)}><bdi>${who.name}</bdi>${note && html`<span class="note">${note}</span>`}</button>
            ${isOpen && html`<div class="row">
                ${isPerson && html`
                    ${who.hidden ? html`<${Ask} small label=${t('show')} run=${then(show)} />` : html`<${Ask} small label=${t('hide')} run=${then(hide)} />`}
                    <${Ask} small label=${t('rename')} run=${then(() => rename(session, who))} />
                    <${Ask} small label=${t('merge')} run=${then(() => merge(session, who))} />
                    <${Ask} small label=${t('explain')} run=${() => explain(session, who)} />`}
                ${entry && html`<${Ask} small label=${t('remove')} run=${then(remove)} ask=${{ title: t('remove'), text: t('remove.ask', { name: who.name }), ok: t('remove'), isDangerous: true }} />`}
            </div>`}
        </li>`;
    }

    // ---- sections ----------------------------------------------------------------------------------------------------------

    const listIn = (extended, key) => [extended, ...GROUPS.map((group) => extended[group] || {})].map((group) => group[key]).find(Array.isArray) || [];

    /** The people of one section, loaded when it is opened. */
    function Entries({ session, section, count, turn, onDone }) {
        const [limit, setLimit] = useState(FIRST_ENTRIES);
        const [entries, setEntries] = useState(undefined);
        useEffect(() => {
            let isCurrent = true;
            panel.bus.request('GetCredits', { spelling: 'legacy', extended: true, limit, ...ofSession(session) }).then((reply) => {
                if (isCurrent) setEntries(listIn(reply.extended, section));
            }, (error) => panel.toast(error.message, true));
            return () => (isCurrent = false);
        }, [session, section, limit, turn, count]);
        if (!entries) return html`<p>${t('loading')}</p>`;
        const one = (entry, index) => {
            const who = typeof entry === 'object' && entry !== null ? entry : { name: String(entry) };
            const name = who.name || who.login || who.value || JSON.stringify(entry);
            return html`<${Person} key=${who.entry || index} session=${session} who=${{ ...who, name }} note=${amountOf(who)} entry=${who.entry} onDone=${onDone} />`;
        };
        return html`<ul class="people">${entries.map(one)}</ul>
            ${entries.length < count && entries.length >= limit && html`<${Do} small label=${t('more')} run=${() => setLimit(limit * 4)} />`}`;
    }

    function Counts({ session, isSlow, onDone, turn }) {
        const [sections, setSections] = useState(null);
        const [open, setOpen] = useState('');
        const { status } = panel.state;
        // The bridge reads the journal for the counts, so it is asked only when something has been counted.
        const counted = status ? `${status.session.id} ${status.session.credits} ${status.counts.journal}` : '';
        const [asked, setAsked] = useState({ at: 0, counted: '' });
        useEffect(() => {
            const isSame = asked.counted === counted && asked.session === session && asked.turn === turn;
            if (!panel.bus.isReady || isSame) return undefined;
            const isNew = asked.session !== session || asked.turn !== turn;
            const load = async () => {
                setAsked({ at: Date.now(), counted, session, turn });
                try {
                    const reply = await panel.bus.request('GetSession', ofSession(session));
                    setSections(reply.session.sections);
                } catch (error) {
                    panel.toast(error.message, true);
                }
            };
            const timer = setTimeout(load, isNew ? 0 : Math.max(0, asked.at + COUNT_EVERY_MS - Date.now()));
            return () => clearTimeout(timer);
        }, [session, counted, turn, asked.counted, panel.bus.isReady]);
        if (!sections) return html`<p>${panel.offReason() || t('loading')}</p>`;
        const names = Object.keys(sections);
        if (names.length === 0) return html`<p>${t('credits.empty')}</p>`;
        return html`<ul class="sections">${names.map((section) => html`<li key=${section}>
            <h3><button type="button" class="line" aria-expanded=${open === section ? 'true' : 'false'} onClick=${() => setOpen(open === section ? '' : section)}>
                <span>${titleOf(section)}</span><span class="count">${panel.number(sections[section])}</span></button></h3>
            ${open === section && html`<${Entries} session=${session} section=${section} count=${sections[section]} turn=${turn} onDone=${onDone} />`}
        </li>`)}</ul>`;
    }

    function Search({ session, onDone }) {
        const [text, setText] = useState('');
        const [found, setFound] = useState(null);
        const find = async (event) => {
            if (event) event.preventDefault();
            const why = panel.offReason() || (text.trim() ? '' : t('search.empty'));
            if (why) {
                setFound(null);
                return event && panel.toast(why, true);
            }
            try {
                setFound(await panel.bus.request('FindPerson', { person: text.trim(), limit: FOUND }));
            } catch (error) {
                panel.toast(error.message, true);
            }
            return undefined;
        };
        const flags = (who) => ['hidden', 'banned', 'ignored'].filter((flag) => who[flag]).map((flag) => t(`flag.${flag}`))
            .concat(who.mergedInto ? [t('flag.merged', { name: who.mergedInto.name })] : []).join(' · ');
        const done = () => {
            find();
            onDone();
        };
        return html`<form class="row" role="search" onSubmit=${find}>
                <input class="grow" type="search" aria-label=${t('search.label')} placeholder=${t('search.label')} value=${text} onInput=${(event) => setText(event.target.value)} />
                <button type="submit">${t('search')}</button>
            </form>
            ${found && html`<div aria-live="polite"><p class="hint">${t('search.found', { count: panel.number(found.count) })}</p>
                <ul class="people">${found.people.map((who) => html`<${Person} key=${who.person} session=${session} who=${who} note=${[who.platform, flags(who)].filter(Boolean).join(' · ')} onDone=${done} />`)}</ul></div>`}`;
    }

    function Credits() {
        const [session, setSession] = useState('running');
        const [turn, setTurn] = useState(0);
        const onDone = () => setTurn((count) => count + 1);
        useEffect(() => panel.onBridge(onDone), []);
        const undoThen = async () => {
            await undo(session);
            onDone();
        };
        const addThen = async () => {
            await add(session);
            onDone();
        };
        const title = session === 'running' ? t('credits.running') : t('credits.of', { id: session });
        return html`
            <${Section} title=${title} actions=${html`
                ${session !== 'running' && html`<${Do} small label=${t('credits.back')} run=${() => setSession('running')} />`}
                <${Ask} small label=${t('add')} run=${addThen} />
                <${Ask} small label=${t('undo')} run=${undoThen} />
                <${panel.Export} small session=${session} />`}>
                <${Search} session=${session} onDone=${onDone} />
                <${Counts} session=${session} turn=${turn} onDone=${onDone} />
            <//>
            <${panel.Sessions} shown=${session} onShow=${setSession} turn=${turn} onDone=${onDone} />`;
    }

    Object.assign(panel, { Credits });
})();
