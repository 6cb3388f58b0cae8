// look.js: the tab "Look": the theme and the settings of the end credits. Each change is written to the config file at once and shows in
// the preview; it can be undone.

(() => {
    'use strict';

    const panel = window.Panel;
    const { html } = window.htmPreact;
    const { t, Ask, Field, Input, Section } = panel;

    const bounds = (window.CreditsPage && window.CreditsPage.SETTINGS) || {};
    const camel = (key) => key.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());

    /** The settings in their groups, with the form of their inputs. Those that the bridge does not have are left out. */
    const GROUPS = [
        ['colours', [['title_color', 'color'], ['name_color', 'color'], ['dim', 'range', 0.05], ['fade', 'number'], ['shadow', 'range', 0.05]]],
        ['letters', [['title_font', 'font'], ['name_font', 'font'], ['scale', 'number', 0.05], ['direction', 'choice'], ['section_gap', 'number', 0.1], ['title_gap', 'number', 0.1]]],
        ['pace', [['mode', 'choice'], ['speed', 'number'], ['seconds', 'number'], ['music', 'text'], ['delay', 'number'], ['loop', 'flag'], ['slide_seconds', 'number', 0.5], ['minimum_seconds', 'number', 0.5]]],
        ['more', [['sticky_titles', 'flag'], ['icons', 'flag'], ['emotes', 'flag'], ['hide_empty', 'flag'], ['empty_text', 'text'], ['language', 'choice'], ['follow', 'choice']]],
    ];
    /** The words of settings that the page itself does not know. */
    const WORDS = { follow: ['config', 'twitchat'] };
    const FONTS = ['Georgia', 'Inter', 'Noto Sans', 'Noto Serif', 'Segoe UI', 'Verdana', 'cursive', 'monospace', 'sans-serif', 'serif'];

    /** Settings that have controls of their own. */
    const OWN = ['theme', 'section'];

    const labelOf = (key) => panel.textOr(`set.${key.replace(/^overlay\./, '')}`, key.replace(/^overlay\./, '').replace(/_/g, ' '));

    /** The settings of the page that no group names, such as those of a newer bridge, with a form that fits their values. */
    function others(settings) {
        const named = GROUPS.flatMap(([, list]) => list.map(([name]) => name)).concat(OWN);
        const formOf = (name) => {
            const { least, words } = bounds[camel(name)] || {};
            if (typeof settings.byKey[`overlay.${name}`].default === 'boolean') return 'flag';
            if (least !== undefined) return 'number';
            return words ? 'choice' : 'text';
        };
        const names = Object.keys(settings.byKey).filter((key) => key.startsWith('overlay.')).map((key) => key.slice('overlay.'.length));
        return names.filter((name) => !named.includes(name)).map((name) => [name, formOf(name)]);
    }

    /** Why no setting can be changed; empty if it can. */
    function whyNot() {
        const { settings, settingsError } = panel.state;
        if (settingsError) return settingsError;
        if (!settings) return t('loading');
        return settings.writable ? '' : t('reason.settingsOff');
    }

    /** Changes a setting. The old value is kept for `undo`. */
    async function change(key, value, label = labelOf(key)) {
        const why = panel.offReason() || whyNot();
        if (why) {
            panel.toast(why, true);
            panel.set({});
            return undefined;
        }
        const before = panel.state.settings;
        const reply = await panel.act('SetSetting', { key, value }, (done) => t('set.done', { label }) + (done.restart ? ` ${t('set.restart')}` : '') + (done.overriddenBy ? ` ${t('set.overridden', { by: done.overriddenBy })}` : ''));
        if (reply) {
            // A list of sections cannot be removed, so its undo is the order as it was.
            const old = key === 'overlay.section' ? before.sections.filter((section) => section.enabled).map((section) => section.id) : reply.old;
            panel.set({ undoneSettings: [...panel.state.undoneSettings, { key, old, label }].slice(-50) });
        }
        await panel.loadSettings();
        panel.showRoll({ keep: true });
        return reply;
    }

    async function undo() {
        const { undoneSettings } = panel.state;
        const { key, old, label } = undoneSettings[undoneSettings.length - 1];
        const reply = await panel.act('SetSetting', { key, value: old }, () => t('set.undone', { label }));
        if (reply) panel.set({ undoneSettings: panel.state.undoneSettings.slice(0, -1) });
        await panel.loadSettings();
        panel.showRoll({ keep: true });
    }

    function UndoLook() {
        const last = panel.state.undoneSettings[panel.state.undoneSettings.length - 1];
        return html`<${Ask} small label=${last ? t('undo.what', { what: last.label }) : t('undo')} run=${undo} reason=${last ? '' : t('reason.nothingToUndo')} />`;
    }

    function Themes() {
        const { settings } = panel.state;
        const value = settings ? settings.byKey['overlay.theme'].value : '';
        const names = [...window.PanelInstalled.themes];
        if (value && !names.includes(value)) names.push(value);
        return html`<fieldset class="themes"><legend>${t('look.theme')}</legend>${names.map((name) => html`<label key=${name} class=${`theme theme-${name.replace(/\W/g, '')}`}>
            <input type="radio" name="theme" value=${name} checked=${name === value} disabled=${Boolean(whyNot())} onChange=${() => change('overlay.theme', name)} />
            <span class="swatch" aria-hidden="true"><b>Abc</b><i>Abc</i></span><span>${name}</span>
        </label>`)}</fieldset>`;
    }

    const asColor = (value) => (/^#[0-9a-f]{6}$/i.test(value || '') ? value : '#ffffff');

    /** A word of a choice. Languages have their own names. */
    const wordOf = (name, word) => {
        const language = name === 'language' && window.PanelTexts[word];
        return language ? language.language : panel.textOr(`word.${word}`, String(word));
    };

    function Setting({ name, form, step }) {
        const key = `overlay.${name}`;
        const setting = panel.state.settings.byKey[key];
        const { value } = setting;
        const { least, most, words = WORDS[name] } = bounds[camel(name)] || {};
        const isOff = Boolean(whyNot());
        const set = (wanted) => change(key, wanted === '' ? null : wanted);
        const number = (text) => set(text === '' ? '' : Number(text));
        const usual = setting.default === null ? t('usual') : wordOf(name, setting.default);
        const isSet = value !== setting.default;
        const input = (id) => {
            if (form === 'flag') return html`<input id=${id} type="checkbox" checked=${value === true} disabled=${isOff} onChange=${(event) => set(event.target.checked)} />`;
            if (form === 'choice') return html`<select id=${id} value=${value} disabled=${isOff} onChange=${(event) => set(event.target.value)}>${(words || [value]).map((word) => html`<option value=${word}>${wordOf(name, word)}</option>`)}</select>`;
            if (form === 'range') return html`<${Input} id=${id} type="range" min=${least} max=${most} step=${step} value=${typeof value === 'number' ? value : most} disabled=${isOff} onCommit=${number} />`;
            if (form === 'number') return html`<${Input} id=${id} type="number" min=${least} max=${most} step=${step || 'any'} value=${typeof value === 'number' ? value : ''} placeholder=${usual} disabled=${isOff} onCommit=${number} />`;
            if (form === 'color') return html`<${Input} id=${id} type="color" value=${asColor(value)} disabled=${isOff} onCommit=${set} />`;
            return html`<${Input} id=${id} value=${value === null ? '' : String(value)} placeholder=${usual} list=${form === 'font' ? 'fonts' : null} disabled=${isOff} onCommit=${(text) => set(text.trim())} />`;
        };
        return html`<${Field} label=${labelOf(key)} hint=${setting.overriddenBy ? t('set.overridden', { by: setting.overriddenBy }) : ''}>${(id) => html`<div class="row">
            ${input(id)}
            ${isSet && html`<${Ask} small label=${t('set.reset', { label: labelOf(key) })} title=${t('set.reset', { label: labelOf(key) })} run=${() => change(key, null)} reason=${whyNot()}>↺<//>`}
        </div>`}<//>`;
    }

    function Look() {
        const { settings } = panel.state;
        const why = panel.offReason() ? '' : whyNot();
        if (!settings) return html`<${Section} title=${t('tab.look')}><p>${panel.offReason() || why}</p><//>`;
        return html`
            ${!settings.writable && html`<p class="finding bad">${t('reason.settingsOff')}</p>`}
            <${Section} title=${t('preview')} actions=${html`<${UndoLook} />`}><${panel.Preview} /><//>
            <${Section} title=${t('look.themes')}><${Themes} /><p class="hint">${t('look.custom')}</p><//>
            <${panel.Sections} />
            <datalist id="fonts">${FONTS.map((font) => html`<option value=${font}></option>`)}</datalist>
            ${GROUPS.map(([group, list]) => html`<${Section} key=${group} title=${t(`look.${group}`)}><div class="settings">
                ${(group === 'more' ? [...list, ...others(settings)] : list).filter(([name]) => `overlay.${name}` in settings.byKey).map(([name, form, step]) => html`<${Setting} key=${name} name=${name} form=${form} step=${step} />`)}
            </div><//>`)}`;
    }

    Object.assign(panel, { Look, look: { change, whyNot } });
})();
