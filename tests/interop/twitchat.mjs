// A stand-in for Twitchat that answers the bridge's questions, in the form of one generation. It sends no events by itself.

import { randomUUID } from 'node:crypto';

const ANSWERS = {
    2: { GET_LABEL_OVERLAY_PLACEHOLDERS: 'LABEL_OVERLAY_PLACEHOLDERS', GET_SUMMARY_DATA: 'SUMMARY_DATA' },
    3: { GET_LABEL_OVERLAY_PLACEHOLDERS: 'ON_LABEL_OVERLAY_PLACEHOLDERS', GET_ENDING_CREDITS_DATA: 'SET_ENDING_CREDITS_DATA' },
};

/** An envelope as Twitchat makes it. */
export function envelope(type, data) {
    return { origin: 'twitchat', type, id: randomUUID(), ...(data === undefined ? {} : { data }) };
}

/**
 * Answers on `bus` until the returned `stop` is called. `labels` and `summary` are the `data` of the two answers. `asked` has the types of
 * the questions that were answered, in order.
 */
export function twitchat(bus, { generation = 2, labels = {}, summary }) {
    const asked = [];
    const stop = bus.hear(({ origin, type }) => {
        const answer = origin === 'twitchat' ? ANSWERS[generation][type] : undefined;
        if (!answer) return;
        asked.push(type);
        const data = type === 'GET_LABEL_OVERLAY_PLACEHOLDERS' ? labels : summary;
        bus.broadcast(envelope(answer, data)).catch(() => {}); // the test has closed the bus meanwhile
    });
    return { asked, stop };
}
