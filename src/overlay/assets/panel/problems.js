// problems.js: what is right and what is wrong, in sentences, each problem with its remedy: the lines that `twitchat-bridge doctor` prints,
// as far as the bridge reports them.

(() => {
    'use strict';

    const panel = window.Panel;
    const { t } = panel;

    const OTHER_BRIDGE_MS = 60000;
    /** A session may begin somewhat before the stream. */
    const LONG_BEFORE_S = 3600;

    /** The state of the connection, if something is wrong with it. */
    function ofLink({ link, bridge }) {
        if (link === 'up' && bridge === 'present') return [];
        if (link === 'up') {
            if (bridge === 'unknown') return [{ state: 'note', text: t('link.asking') }];
            return [{ state: 'bad', text: t('bridge.absent'), fix: t('bridge.absent.fix'), commands: ['twitchat-bridge run', 'twitchat-bridge setup'] }];
        }
        const commands = { password: ['twitchat-bridge panel install'], unknown: ['twitchat-bridge panel install'], address: ['twitchat-bridge panel install'] }[link];
        const isWaiting = link === 'connecting';
        return [{ state: isWaiting ? 'note' : 'bad', text: t(`link.${link}`), fix: isWaiting ? undefined : t(`link.${link}.fix`), commands, reload: link === 'kicked' }];
    }

    const list = (value) => (Array.isArray(value) ? value : []);

    /** The findings of a status, in the order in which they are shown. */
    function ofStatus(status, { version, otherBridge, now }) {
        const { run, obs, twitchat, session, overlay, store } = status;
        const found = [];
        const add = (state, text, more = {}) => found.push({ state, text, ...more });

        if (run.version === version) add('ok', t('bridge.runs', { version: run.version }));
        else add('bad', t('bridge.version', { version: run.version, own: version }), { fix: t('bridge.version.fix'), commands: ['twitchat-bridge panel install'] });
        if (otherBridge && now - otherBridge < OTHER_BRIDGE_MS) add('bad', t('bridge.two'), { fix: t('bridge.two.fix') });

        add('ok', t('obs.there', { version: obs.version || '?', scene: obs.scene || '?' }));
        if (!twitchat.present) add('bad', t('twitchat.absent'), { fix: t('twitchat.absent.fix') });
        else if (twitchat.twoPages) add('bad', t('twitchat.two'), { fix: t('twitchat.two.fix') });
        else add('ok', t('twitchat.there', { name: twitchat.generationName || 'Twitchat' }));

        const pages = list(overlay.pages);
        if (pages.length > 0) add('ok', t('page.there', { count: pages.length }));
        else if (overlay.shown) add('bad', t('page.absent'), { fix: t('page.absent.fix'), commands: ['twitchat-bridge overlay install'] });
        else add('ok', t('page.off'));
        for (const warning of new Set(pages.flatMap((page) => list(page.warnings)))) add('note', t('page.warns', { warning }), { go: 'look' });

        if (store.error) add('bad', t('store.error', { error: store.error }), { fix: t('store.error.fix') });
        else if (store.lost) add('bad', t('store.lost'), { fix: t('store.lost.fix') });
        else add('ok', t('store.good', { writes: panel.number(store.durable) }));

        if (run.configError) add('bad', t('config.error', { error: run.configError }), { fix: t('config.error.fix') });
        if (list(run.restartFor).length > 0) add('note', t('config.restart', { settings: run.restartFor.join(', ') }), { fix: t('config.restart.fix') });

        if (obs.streaming && session.seconds - obs.streamSeconds > LONG_BEFORE_S) {
            add('note', t('session.old', { duration: panel.duration(session.seconds) }), { fix: t('session.old.fix'), action: 'newSession' });
        }
        for (const doubt of list(status.gaps && status.gaps.doubts)) add('note', t('gaps.doubt', { doubt }));

        for (const [key, name, error] of [['rules', 'name', 'lastError'], ['actions', 'name', 'lastError'], ['labels', 'source', 'error']]) {
            for (const one of list(status[key]).filter((one) => one[error])) {
                add('bad', t('rule.failed', { name: one[name], error: one[error] }), { fix: t(`${key}.failed.fix`), go: 'automation', commands: key === 'labels' ? ['twitchat-bridge labels install'] : undefined });
            }
        }

        if (run.autostart === 'none') add('note', t('autostart.none'), { fix: t('autostart.none.fix'), commands: ['twitchat-bridge setup'] });
        else if (run.autostart === 'both') add('bad', t('autostart.both'), { fix: t('autostart.both.fix'), commands: ['twitchat-bridge service uninstall', 'twitchat-bridge obs-script uninstall'] });
        else if (run.autostart === 'login' || run.autostart === 'obs') add('ok', t(`autostart.${run.autostart}`));
        return found;
    }

    Object.assign(panel, { problems: { ofLink, ofStatus } });
})();
