// parts.js: the components that all tabs use: buttons for requests, dialogs, messages, lists.

(() => {
    'use strict';

    const panel = window.Panel;
    const { html, useEffect, useRef, useState } = window.htmPreact;
    const { t } = panel;

    /**
     * A button that runs something. With a `reason` it is disabled, and says why when it is pressed, so that the reason reaches
     * everybody: an inactive button cannot be focused. `ask` is the dialog for a confirmation.
     */
    function Do({ label, run, reason, ask, kind = '', title, children, small }) {
        const [isBusy, setBusy] = useState(false);
        const why = reason || '';
        const click = async () => {
            if (isBusy) return;
            if (why) return panel.toast(why, true);
            setBusy(true);
            try {
                if (!ask || (await panel.ask(ask))) await run();
            } finally {
                setBusy(false);
            }
        };
        return html`<button type="button" class=${`${kind} ${small ? 'small' : ''}`} onClick=${click} aria-disabled=${why || isBusy ? 'true' : null}
            aria-busy=${isBusy ? 'true' : null} aria-label=${(children && label) || null} title=${why || title || null}>${children || label}</button>`;
    }

    /** A button for a request, which needs a bridge. */
    function Ask(props) {
        return html`<${Do} ...${props} reason=${panel.offReason() || props.reason} />`;
    }

    function Section({ title, children, actions }) {
        return html`<section class="card"><header><h2>${title}</h2>${actions && html`<div class="row">${actions}</div>`}</header>${children}</section>`;
    }

    let ids = 0;
    /** The label of an input, above it. `input` gets the id. */
    function Field({ label, hint, children }) {
        const [id] = useState(() => `field-${++ids}`);
        return html`<div class="field"><label for=${id}>${label}</label>${children(id)}${hint && html`<p class="hint">${hint}</p>`}</div>`;
    }

    /** An input whose value is used when the user leaves it. What is typed stays while the panel is drawn again. */
    function Input({ value, onCommit, ...more }) {
        const [draft, setDraft] = useState(undefined);
        const commit = async (event) => {
            await onCommit(event.target.value);
            setDraft(undefined);
        };
        return html`<input ...${more} value=${draft === undefined ? value : draft} onInput=${(event) => setDraft(event.target.value)} onChange=${commit} />`;
    }

    function Toasts() {
        const of = (isError) => panel.state.toasts.filter((toast) => toast.isError === isError);
        const one = ({ id, text, isError }) => html`<div class=${`toast ${isError ? 'bad' : ''}`} key=${id}><span>${text}</span>
            <button type="button" class="small" aria-label=${t('close')} onClick=${() => panel.closeToast(id)}>×</button></div>`;
        return html`<div class="toasts">
            <div role="status" aria-live="polite">${of(false).map(one)}</div>
            <div role="alert">${of(true).map(one)}</div>
        </div>`;
    }

    /** The dialog of `panel.ask`: `title`, `text`, `fields` (`name`, `label`, `value`, `options`), `content`, `ok`, `isDangerous`, `isNote`. */
    function Dialog() {
        const { dialog } = panel.state;
        return dialog ? html`<${Open} key=${dialog.title} dialog=${dialog} />` : null;
    }

    function Open({ dialog }) {
        const element = useRef();
        const fields = dialog.fields || [];
        const [values, setValues] = useState(Object.fromEntries(fields.map(({ name, value, options }) => [name, value || (options ? options[0][0] : '')])));
        useEffect(() => {
            if (!element.current.open) element.current.showModal();
        }, [dialog]);
        const end = (result) => {
            element.current.close();
            panel.set({ dialog: null });
            dialog.resolve(result);
        };
        const submit = (event) => {
            event.preventDefault();
            end(Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.trim()])));
        };
        const input = ({ name, label, options }) => html`<${Field} label=${label}>${(id) => {
            const typed = (event) => setValues({ ...values, [name]: event.target.value });
            if (options) return html`<select id=${id} value=${values[name]} onChange=${typed}>${options.map(([key, text]) => html`<option value=${key}>${text}</option>`)}</select>`;
            return html`<input id=${id} value=${values[name]} required maxlength="200" autocomplete="off" onInput=${typed} />`;
        }}<//>`;
        return html`<dialog ref=${element} aria-labelledby="dialog-title" onCancel=${(event) => { event.preventDefault(); end(undefined); }}>
            <form onSubmit=${submit}>
                <h2 id="dialog-title">${dialog.title}</h2>
                ${dialog.text && html`<p class="text">${dialog.text}</p>`}
                ${fields.map(input)}
                ${dialog.content}
                <div class="row end">
                    ${!dialog.isNote && html`<button type="button" onClick=${() => end(undefined)}>${t('cancel')}</button>`}
                    <button type="submit" class=${dialog.isDangerous ? 'danger' : 'primary'}>${dialog.ok || t('ok')}</button>
                </div>
            </form>
        </dialog>`;
    }

    /** Puts a text on the clipboard. Browsers of docks may refuse the modern way. */
    async function copy(text) {
        try {
            await navigator.clipboard.writeText(text);
        } catch {
            const area = document.createElement('textarea');
            area.value = text;
            document.body.append(area);
            area.select();
            const isDone = document.execCommand('copy');
            area.remove();
            if (!isDone) return panel.toast(t('copy.failed'), true);
        }
        return panel.toast(t('copy.done'));
    }

    Object.assign(panel, { Do, Ask, Section, Field, Input, Toasts, Dialog, copy });
})();
