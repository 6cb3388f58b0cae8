// export.js: the credits of a session as a file, made in the panel from the bridge's replies.

(() => {
    'use strict';

    const panel = window.Panel;
    const { html } = window.htmPreact;
    const { t } = panel;

    const FORMATS = ['html', 'txt', 'md', 'csv', 'json'];
    const TYPES = { html: 'text/html', txt: 'text/plain', md: 'text/markdown', csv: 'text/csv', json: 'application/json' };

    /** The file that plays the roll when it is opened. Its only script is the page's own, whatever the names contain. */
    function page(roll) {
        const { before, after } = window.PanelInstalled.file;
        return before + JSON.stringify(roll).replace(/</g, '\\u003c') + after;
    }

    const amountOf = (name) => [name.amount, name.note].filter(Boolean).join(' ');
    const titleOf = (section) => section.title || '';

    function text(roll) {
        const line = (name) => [name.name, amountOf(name)].filter(Boolean).join('  ') + (name.lines || []).map((below) => `\n    ${[below.text, below.amount].filter(Boolean).join('  ')}`).join('');
        return roll.sections.map((section) => [titleOf(section), ...(section.text ? [section.text] : []), ...(section.names || []).map(line)].filter(Boolean).join('\n')).join('\n\n') + '\n';
    }

    /** Names are taken literally: what Markdown would read as markup has a backslash before it. */
    function markdown(roll) {
        const literal = (value) => String(value).replace(/[\\`*_{}[\]()<>#+\-.!|~&@:]/g, '\\$&').replace(/\s+/g, ' ');
        const line = (name) => `- ${literal(name.name)}${amountOf(name) ? ` – ${literal(amountOf(name))}` : ''}`;
        return roll.sections.map((section) => [`## ${literal(titleOf(section) || section.id)}`, '', ...(section.text ? [literal(section.text)] : []), ...(section.names || []).map(line)].join('\n')).join('\n\n') + '\n';
    }

    /** A text that a spreadsheet must not take for a formula gets an apostrophe. */
    function csv(roll) {
        const cell = (value) => `"${String(value || '').replace(/^[=+\-@\t\r]/, "'$&").replace(/"/g, '""')}"`;
        const rows = roll.sections.flatMap((section) => (section.names || []).map((name) => [titleOf(section), name.name, amountOf(name)]));
        return [['section', 'name', 'amount'], ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
    }

    const MAKE = { html: page, txt: text, md: markdown, csv, json: (roll) => `${JSON.stringify(roll, null, 2)}\n` };

    function save(name, content, type) {
        const url = URL.createObjectURL(new Blob([content], { type: `${type};charset=utf-8` }));
        const link = document.createElement('a');
        Object.assign(link, { href: url, download: name });
        document.body.append(link);
        link.click();
        link.remove();
        setTimeout(() => URL.revokeObjectURL(url), 60000);
    }

    /** Docks of OBS save no files, so the panel offers its other ways there. */
    const savesNoFiles = () => 'obsstudio' in window;

    /** Asks for the format, and saves the credits of a session: a number, `last` or `running`. */
    async function exportSession(session) {
        const fields = [{ name: 'format', label: t('export.format'), options: FORMATS.map((format) => [format, t(`export.${format}`)]) }];
        const chosen = await panel.ask({ title: t('export.title'), text: savesNoFiles() ? t('export.inDock') : '', fields, ok: savesNoFiles() ? t('copy') : t('export.save') });
        if (!chosen) return;
        let reply;
        try {
            reply = await panel.bus.request('GetRoll', session === 'running' ? {} : { session });
        } catch (error) {
            panel.toast(error.message, true);
            return;
        }
        const content = MAKE[chosen.format](reply.roll);
        if (savesNoFiles()) {
            await panel.copy(content);
            return;
        }
        const name = `credits-${String(session).replace(/\W/g, '')}.${chosen.format}`;
        save(name, content, TYPES[chosen.format]);
        panel.toast(t('export.saved', { name }));
    }

    /** A button that exports a session. In a dock there is another one, which opens the panel in the browser. */
    function Export({ session, small }) {
        const inBrowser = () => window.open(location.href.split('#')[0], '_blank', 'noopener');
        return html`<${panel.Ask} small=${small} label=${t('export')} run=${() => exportSession(session)} />
            ${savesNoFiles() && html`<${panel.Do} small=${small} label=${t('export.browser')} run=${inBrowser} />`}`;
    }

    Object.assign(panel, { Export, exportFormats: MAKE });
})();
