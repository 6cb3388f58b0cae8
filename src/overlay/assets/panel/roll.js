// roll.js: the tab "Roll": starts, tests and controls the end credits, and shows the page as OBS shows it.

(() => {
    'use strict';

    const panel = window.Panel;
    const { html, useEffect, useRef, useState } = window.htmPreact;
    const { t, Ask, Do, Field, Input, Section } = panel;

    const USUAL_SIZE = { width: 1920, height: 1080 };
    const SPEEDS = { least: -2, most: 4, step: 0.25 };
    const SAMPLE_NAMES = 40;
    /** The preview begins where there are names to see. */
    const FIRST_NAMES_MS = 8000;

    // ---- the preview -------------------------------------------------------------------------------------------------------

    const frames = new Set();
    const tell = (message) => frames.forEach((frame) => frame.contentWindow && frame.contentWindow.postMessage(message, '*'));
    let isLive = false;

    /** More names than this would make the preview slow; the page itself shows all of them. */
    const MOST_NAMES = 1000;
    const NAMES_OF_SECTION = 40;

    function shortened(roll) {
        const names = roll.sections.reduce((sum, section) => sum + (section.names || []).length, 0);
        if (names <= MOST_NAMES) return roll;
        const sections = roll.sections.map((section) => (section.names ? { ...section, names: section.names.slice(0, NAMES_OF_SECTION) } : section));
        return { ...roll, sections };
    }

    /** Shows in the preview what would roll now; made-up people if there is nobody yet. With `keep` it goes on where it is. */
    async function showRoll({ keep = false, fromStart = false } = {}) {
        if (isLive || frames.size === 0 || !panel.bus.isReady) return;
        try {
            let { roll, names } = await panel.bus.request('GetRoll');
            if (names === 0) ({ roll } = await panel.bus.request('GetRoll', { test: true, testAudience: { names: SAMPLE_NAMES } }));
            tell({ roll: { ...shortened(roll), id: `preview ${Date.now()}`, look: { ...roll.look, loop: true }, elapsedMs: fromStart ? 0 : FIRST_NAMES_MS }, keep });
        } catch (error) {
            panel.toast(error.message, true);
        }
    }

    panel.onMessage((message) => {
        if (message.origin !== 'twitchat-bridge' || !message.overlay) return;
        if (message.overlay === 'roll') isLive = true;
        tell({ message: message.overlay === 'roll' ? { ...message, roll: shortened(message.roll) } : message });
    });
    panel.onBridge(() => showRoll());
    addEventListener('message', ({ source, data }) => {
        if (![...frames].some((frame) => frame.contentWindow === source) || !data || !data.preview) return;
        if (data.preview === 'ready') showRoll();
        if (isLive && ['complete', 'stopped'].includes(data.preview)) {
            isLive = false;
            showRoll();
        }
    });

    /** The page in a frame with the proportions of its source in OBS. */
    function Preview() {
        const frame = useRef();
        const box = useRef();
        const { settings } = panel.state;
        const page = (settings && settings.page) || {};
        const { width, height } = { width: page.width || USUAL_SIZE.width, height: page.height || USUAL_SIZE.height };
        const fit = () => {
            const scale = box.current.clientWidth / width;
            frame.current.style.transform = `scale(${scale})`;
            box.current.style.height = `${height * scale}px`;
        };
        useEffect(() => {
            const element = frame.current;
            frames.add(element);
            const observer = new ResizeObserver(fit);
            observer.observe(box.current);
            return () => {
                frames.delete(element);
                observer.disconnect();
            };
        }, [width, height]);
        return html`<div class="preview" ref=${box}><iframe ref=${frame} src="preview.html" title=${t('preview')} width=${width} height=${height} tabindex="-1"></iframe></div>`;
    }

    // ---- the roll ----------------------------------------------------------------------------------------------------------

    /** The position of the roll now, because the status is some time old. */
    function positionOf(roll) {
        const late = roll.state === 'rolling' ? (Date.now() - panel.state.statusAt) / 1000 : 0;
        const elapsed = (roll.elapsedMs || 0) / 1000 + late;
        return roll.seconds ? Math.min(elapsed, roll.seconds) : elapsed;
    }

    function Position({ roll }) {
        const [, tick] = useState(0);
        useEffect(() => {
            const timer = setInterval(() => tick((count) => count + 1), 500);
            return () => clearInterval(timer);
        }, []);
        if (!roll) return html`<p>${t('roll.idle')}</p>`;
        const elapsed = positionOf(roll);
        const name = `${t(`roll.${roll.state}`)}${roll.test ? ` · ${t('roll.isTest')}` : ''}`;
        return html`<p class="big">${name}</p>
            <p>${roll.seconds ? t('roll.remaining', { remaining: panel.duration(roll.seconds - elapsed), all: panel.duration(roll.seconds) }) : t('roll.elapsed', { elapsed: panel.duration(elapsed) })}
                ${roll.names !== undefined && ` · ${t('roll.names', { count: panel.number(roll.names) })}`}</p>
            ${roll.seconds && html`<progress max=${roll.seconds} value=${elapsed} aria-label=${t('roll.position')}></progress>`}`;
    }

    function Roll() {
        const { status, settings } = panel.state;
        const [speed, setSpeed] = useState(1);
        const [names, setNames] = useState(200);
        const roll = status && status.overlay.roll;
        const isOn = Boolean(roll);
        useEffect(() => {
            if (!isOn) setSpeed(1);
        }, [roll && roll.id]);
        const noRoll = isOn ? '' : t('reason.noRoll');
        const begun = (reply) => (reply.pages === 0 ? t('roll.begunWithoutPage', { scene: (settings && settings.page.scene) || 'Credits' }) : t('roll.begun'));
        const start = (fields) => panel.act('RollCredits', fields, begun);
        const control = (command, fields) => panel.act('ControlCredits', { command, ...fields });
        const isPaused = isOn && roll.state === 'paused';
        const warnings = status ? [...new Set(status.overlay.pages.flatMap((page) => page.warnings || []))] : [];
        const replaces = isOn && !roll.test ? { title: t('roll.start'), text: t('roll.replaces'), ok: t('roll.start'), isDangerous: true } : undefined;
        return html`
            <${Section} title=${t('roll.title')}>
                <div aria-live="off"><${Position} roll=${roll} /></div>
                <div class="row">
                    <${Ask} kind="primary" label=${t('roll.start')} run=${() => start({})} ask=${replaces} />
                    ${isPaused ? html`<${Ask} label=${t('roll.resume')} run=${() => control('resume')} reason=${noRoll} />` : html`<${Ask} label=${t('roll.pause')} run=${() => control('pause')} reason=${noRoll} />`}
                    <${Ask} label=${t('roll.previous')} run=${() => control('previous')} reason=${noRoll} />
                    <${Ask} label=${t('roll.next')} run=${() => control('next')} reason=${noRoll} />
                    <${Ask} kind="danger" label=${t('roll.stop')} run=${() => panel.act('StopCredits', {}, () => t('roll.stopped'))} reason=${noRoll} />
                </div>
                <${Field} label=${t('roll.speed', { speed: panel.number(speed) })}>${(id) => html`<div class="row">
                    <input id=${id} class="grow" type="range" min=${SPEEDS.least} max=${SPEEDS.most} step=${SPEEDS.step} value=${speed} disabled=${Boolean(panel.offReason() || noRoll)}
                        onInput=${(event) => setSpeed(Number(event.target.value))} onChange=${(event) => control('speed', { value: Number(event.target.value) })} />
                    <${Ask} small label=${t('roll.usualSpeed')} run=${() => { setSpeed(1); return control('speed', { value: 1 }); }} reason=${noRoll} />
                </div>`}<//>
                ${warnings.length > 0 && html`<h3>${t('roll.warnings')}</h3><ul class="plain">${warnings.map((warning) => html`<li key=${warning}>${warning}</li>`)}</ul>`}
            <//>
            <${Section} title=${t('roll.tests')}>
                <p class="hint">${t('roll.tests.hint')}</p>
                <div class="row">
                    <${Ask} label=${t('roll.testToday')} run=${() => start({ test: true })} ask=${replaces} />
                    <${Ask} label=${t('roll.testAudience')} run=${() => start({ test: true, testAudience: { names, emoji: true, rtl: true, long: true, mixedCurrency: true } })} ask=${replaces} />
                    <label>${t('roll.audience')} <${Input} type="number" min="1" max="5000" value=${names} onCommit=${(value) => setNames(Math.min(5000, Math.max(1, Math.round(Number(value)) || 1)))} /></label>
                </div>
            <//>
            <${Section} title=${t('preview')} actions=${html`<${Do} small label=${t('preview.again')} run=${() => showRoll({ fromStart: true })} reason=${panel.offReason()} />`}><${Preview} /><//>`;
    }

    Object.assign(panel, { Roll, Preview, showRoll });
})();
