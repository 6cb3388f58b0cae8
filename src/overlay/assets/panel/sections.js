// sections.js: the order and the settings of the sections of the end credits, by drag and drop or by keyboard.

(() => {
    'use strict';

    const panel = window.Panel;
    const { html, useRef, useState } = window.htmPreact;
    const { t, Ask, Do, Field, Input, Section } = panel;
    const { change, whyNot } = panel.look;

    const LAYOUTS = ['center', 'left', 'right', 'flow-left', 'flow-center', 'flow-right', 'two-columns', 'three-columns'];
    const SORTS = ['first', 'name', 'amount', 'role', 'tier'];
    const icons = (window.CreditsPage && window.CreditsPage.iconNames) || [];

    const spaced = (kind) => kind.replace(/_/g, ' ');
    const kindsOf = (section) => [section.kind].flat().filter(Boolean);
    const titleOf = (kind) => {
        const known = panel.state.settings.kinds.find((one) => one.kind === kind);
        return known && known.title && !known.title.includes('{') ? known.title : spaced(kind);
    };
    const nameOf = (section) => section.title || kindsOf(section).map(titleOf).join(', ') || section.id;

    function Form({ section }) {
        const { id } = section;
        const set = (key, value) => change(`overlay.section.${id}.${key}`, value, nameOf(section));
        const isOff = Boolean(whyNot());
        const choice = (key, label, words, usual) => html`<${Field} label=${label}>${(input) => html`<select id=${input} value=${section[key] || usual} disabled=${isOff} onChange=${(event) => set(key, event.target.value)}>
            ${words.map((word) => html`<option value=${word}>${panel.textOr(`word.${word}`, word)}</option>`)}</select>`}<//>`;
        const icon = section.icon === false ? t('section.noIcon') : section.icon || '';
        const setIcon = (value) => set('icon', value === '' ? null : value === t('section.noIcon') ? false : value);
        return html`<div class="settings">
            <${Field} label=${t('section.title')} hint=${t('section.title.hint')}>${(input) => html`<${Input} id=${input} value=${section.title || ''} placeholder=${t('usual')} disabled=${isOff} onCommit=${(value) => set('title', value || null)} />`}<//>
            <${Field} label=${t('section.icon')} hint=${t('section.icon.hint')}>${(input) => html`<${Input} id=${input} value=${icon} placeholder=${t('usual')} list="icons" disabled=${isOff} onCommit=${(value) => setIcon(value.trim())} />`}<//>
            ${choice('layout', t('section.layout'), LAYOUTS, 'center')}
            ${choice('sort', t('section.sort'), SORTS, 'first')}
            <${Field} label=${t('section.limit')}>${(input) => html`<${Input} id=${input} type="number" min="1" value=${section.limit || ''} placeholder=${t('section.all')} disabled=${isOff} onCommit=${(value) => set('limit', value === '' ? null : Number(value))} />`}<//>
        </div>`;
    }

    function Sections() {
        const { settings } = panel.state;
        const [open, setOpen] = useState('');
        const [dragged, setDragged] = useState('');
        const [over, setOver] = useState('');
        const list = useRef();
        const { sections, kinds } = settings;
        const shown = sections.filter((section) => section.enabled).map((section) => section.id);

        const arrange = (ids, section) => change('overlay.section', ids, t('section.order', { name: nameOf(section) }));
        const move = async (section, to, focus) => {
            const from = shown.indexOf(section.id);
            if (from < 0 || to < 0 || to >= shown.length || from === to) return;
            const ids = shown.filter((id) => id !== section.id);
            ids.splice(to, 0, section.id);
            await arrange(ids, section);
            if (focus) setTimeout(() => list.current && list.current.querySelector(`[data-id="${CSS.escape(section.id)}"] [data-move="${focus}"] button`).focus(), 150);
        };
        const drop = (event, target) => {
            event.preventDefault();
            const section = sections.find((one) => one.id === dragged);
            setDragged('');
            setOver('');
            if (section && section.id !== target.id) move(section, shown.indexOf(target.id));
        };
        const toggle = (section) => change(`overlay.section.${section.id}.enabled`, !section.enabled, nameOf(section));
        const add = async () => {
            const options = kinds.filter(({ kind }) => !['image', 'text'].includes(kind)).map(({ kind }) => [kind, titleOf(kind)]);
            const values = await panel.ask({ title: t('section.add'), fields: [{ name: 'kind', label: t('section.kind'), options }], ok: t('add') });
            if (values) await change('overlay.section', [...shown, values.kind], titleOf(values.kind));
        };
        const one = (section) => {
            const place = shown.indexOf(section.id);
            const at = (to) => (section.enabled ? (to < 0 || to >= shown.length ? t('reason.end') : '') : t('reason.sectionOff')) || whyNot();
            const name = nameOf(section);
            return html`<li key=${section.id} data-id=${section.id} class=${`${section.enabled ? '' : 'off'} ${over === section.id ? 'over' : ''}`} draggable=${section.enabled ? 'true' : 'false'}
                onDragStart=${(event) => { setDragged(section.id); event.dataTransfer.effectAllowed = 'move'; event.dataTransfer.setData('text/plain', section.id); }}
                onDragEnd=${() => { setDragged(''); setOver(''); }}
                onDragOver=${(event) => { if (dragged && section.enabled) { event.preventDefault(); setOver(section.id); } }}
                onDrop=${(event) => drop(event, section)}>
                <div class="row">
                    <span class="handle" aria-hidden="true">⠿</span>
                    <input type="checkbox" aria-label=${t('section.enabled', { name })} checked=${section.enabled} disabled=${Boolean(whyNot())} onChange=${() => toggle(section)} />
                    <button type="button" class="line grow" aria-expanded=${open === section.id ? 'true' : 'false'} onClick=${() => setOpen(open === section.id ? '' : section.id)}><bdi>${name}</bdi></button>
                    <${Mover} to="up" label=${t('section.up', { name })} run=${() => move(section, place - 1, 'up')} reason=${at(place - 1)} />
                    <${Mover} to="down" label=${t('section.down', { name })} run=${() => move(section, place + 1, 'down')} reason=${at(place + 1)} />
                </div>
                ${open === section.id && html`<${Form} section=${section} />`}
            </li>`;
        };
        return html`<${Section} title=${t('sections')} actions=${html`<${Ask} small label=${t('section.add')} run=${add} reason=${whyNot()} />`}>
            <p class="hint">${t('sections.hint')}</p>
            <datalist id="icons"><option value=${t('section.noIcon')}></option>${icons.map((icon) => html`<option value=${icon}></option>`)}</datalist>
            <ul class="list arrange" ref=${list}>${sections.map(one)}</ul>
        <//>`;
    }

    const ARROWS = { up: '↑', down: '↓' };
    const Mover = ({ to, label, run, reason }) => html`<span data-move=${to}><${Do} small label=${label} run=${run} reason=${panel.offReason() || reason}>${ARROWS[to]}<//></span>`;

    Object.assign(panel, { Sections });
})();
