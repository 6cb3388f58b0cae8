//! Questions to Twitchat, and the messages that answer them. An answer repeats at most the
//! parameters of its question. A question with an unknown id gets no answer.

use super::{Answer, Shape, clip::OVERLAY, row::CHAT};

const TIMERS: &[Answer] = &[
    Answer::with("TIMER_START", "id", "/id"),
    Answer::with("COUNTDOWN_START", "id", "/id"),
];

actions! { QUESTIONS:
    /// Asks for everything that the credits are made of. May take 10 s.
    GetSummaryData: GET_SUMMARY_DATA = ["GET_SUMMARY_DATA" / "GET_ENDING_CREDITS_DATA"] {
        may {
            /// Since when, in Unix milliseconds; absent or 0: since the stream began.
            since: i64 as ["offset" / "dateOffset"] = Shape::TIME, example "1795291200000";
            /// Whether the settings of the credits are wanted as well.
            settings: bool as ["includeParams" / "includeOverlayParams"] = Shape::Flag,
                default "false";
        }
    } with { answers: &[Answer::of("SUMMARY_DATA")] }

    /// Asks for a timer or countdown; without an id for the default ones, in two answers.
    GetCurrentTimers: GET_CURRENT_TIMERS = ["GET_CURRENT_TIMERS" / "GET_TIMER"] {
        may {
            /// Which one.
            timer: String as ["id" / "id"] = Shape::Id;
        }
    } with { answers: TIMERS }

    /// Asks for a counter and its value.
    CounterGet: COUNTER_GET = ["COUNTER_GET" / "GET_COUNTER"] {
        must {
            /// Which one.
            counter: String as ["cid" / "id"] = Shape::Id;
        }
    } with { answers: &[Answer::with("COUNTER_UPDATE", "cid", "/counter/id")] }

    /// Asks for a label overlay.
    GetLabelOverlayParams: GET_LABEL_OVERLAY_PARAMS =
        ["GET_LABEL_OVERLAY_PARAMS" / "GET_LABEL_OVERLAY_CONFIGS"] {
        must {
            /// Which one.
            label: String as ["id" / "id"] = Shape::Id;
        }
    } with { answers: &[Answer::with("LABEL_OVERLAY_PARAMS", "id", "/id")] }

    /// Asks for a bingo grid; 17 gives the first that is on.
    GetBingoGridParameters: GET_BINGO_GRID_PARAMETERS =
        ["GET_BINGO_GRID_PARAMETERS" / "GET_BINGO_GRID_CONFIGS"] {
        must {
            /// Which one.
            grid: String as ["bid" to 16] = Shape::Id;
        }
    } with { answers: &[Answer::of("BINGO_GRID_PARAMETERS")], drops: &["bid"] }

    /// Asks for a distortion overlay.
    GetDistortOverlayParameters: GET_DISTORT_OVERLAY_PARAMETERS =
        ["GET_DISTORT_OVERLAY_PARAMETERS" / "GET_DISTORT_OVERLAY_CONFIGS"] {
        must {
            /// Which one.
            distortion: String as ["distortionID" / "id"] = Shape::Id;
        }
    } with { answers: &[Answer::with("DISTORT_OVERLAY_PARAMETERS", "distortionID", "/params/id")] }

    /// Asks for an overlay of donation goals.
    GetDonationGoalsOverlayParams: GET_DONATION_GOALS_OVERLAY_PARAMS =
        ["GET_DONATION_GOALS_OVERLAY_PARAMS" / "GET_DONATION_GOALS_OVERLAY_CONFIGS"]
    {
        must {
            /// Which one.
            overlay: String as ["overlayId" / "id"] = Shape::Id;
        }
    } with { answers: &[Answer::with("DONATION_GOALS_OVERLAY_PARAMS", "overlayId", "/params/id")] }

    /// Asks for animated texts: one, or all that are on, an answer each.
    GetAnimatedTextConfigs: GET_ANIMATED_TEXT_CONFIGS = ["GET_ANIMATED_TEXT_CONFIGS"] {
        may {
            /// Which one.
            overlay: String as ["id"] = Shape::Id;
        }
    } with { answers: &[Answer::with("ANIMATED_TEXT_CONFIGS", "id", "/id")] }

    /// Asks for trains of the streamer's own: one, or all that are on, an answer each.
    GetCustomTrainState: GET_CUSTOM_TRAIN_STATE =
        ["GET_CUSTOM_TRAIN_STATE" / "GET_CUSTOM_TRAIN_DATA"] {
        may {
            /// Which one.
            train: String as ["id" / "id"] = Shape::Id;
        }
    } with { answers: &[Answer::with("CUSTOM_TRAIN_STATE", "id", "/configs/id")] }
}

plain! { PLAIN_QUESTIONS:
    /// Asks what music plays. No answer if none does.
    ["GET_CURRENT_TRACK"] with { answers: &[Answer::of("CURRENT_TRACK")] };
    /// Asks for the names of all counters.
    ["COUNTER_GET_ALL" / "GET_ALL_COUNTERS"] with { answers: &[Answer::of("COUNTER_LIST")] };
    /// Asks for the names of all triggers.
    ["TRIGGERS_GET_ALL" / "GET_TRIGGER_LIST"] with { answers: &[Answer::of("TRIGGER_LIST")] };
    /// Asks for the sessions of questions and answers.
    ["QNA_SESSION_GET_ALL" / "GET_QNA_SESSION_LIST"]
    with { answers: &[Answer::of("QNA_SESSION_LIST")] };
    /// Asks how many columns the chat has.
    ["GET_COLS_COUNT" / "GET_CHAT_COLUMNS_COUNT"] with { needs: CHAT,
        answers: &[Answer::of("SET_COLS_COUNT")] };
    /// Asks for everything that labels can show: title, category, counts, who did what last.
    ["GET_LABEL_OVERLAY_PLACEHOLDERS"]
    with { answers: &[Answer::of("LABEL_OVERLAY_PLACEHOLDERS")] };
    /// Asks for ad breaks: how they are shown, then when they are. No answer if that was never set
    /// up.
    ["GET_AD_BREAK_OVERLAY_PARAMETERS" / "GET_AD_BREAK_OVERLAY_CONFIGS"] with {
        answers: &[Answer::of("AD_BREAK_OVERLAY_PARAMETERS"), Answer::of("AD_BREAK_DATA")],
    };
    /// Asks how the bits wall looks. No answer if that was never set up.
    ["GET_BITS_WALL_OVERLAY_PARAMETERS" / "GET_BITSWALL_OVERLAY_CONFIGS"]
    with { answers: &[Answer::of("BITSWALL_OVERLAY_PARAMETERS")] };
    /// Asks how polls look, and for the one that runs. No answer if that was never set up.
    ["GET_POLLS_OVERLAY_PARAMETERS" / "GET_POLLS_OVERLAY_CONFIGS"] with {
        answers: &[Answer::of("POLLS_OVERLAY_PARAMETERS"), Answer::of("POLL_PROGRESS")],
    };
    /// Asks how predictions look, and for the one that runs. No answer if that was never set up.
    ["GET_PREDICTIONS_OVERLAY_PARAMETERS" / "GET_PREDICTIONS_OVERLAY_CONFIGS"] with {
        answers: &[Answer::of("PREDICTIONS_OVERLAY_PARAMETERS"), Answer::of("PREDICTION_PROGRESS")],
    };
    /// Asks how polls in the chat look, and for the one that runs.
    ["GET_CHAT_POLL_OVERLAY_PARAMETERS" / "GET_CHAT_POLL_OVERLAY_CONFIGS"] with {
        answers: &[Answer::of("CHAT_POLL_OVERLAY_PARAMETERS"), Answer::of("CHAT_POLL_PROGRESS")],
    };

    /// Asks whether a wheel overlay is open. Each that is answers within half a second.
    ["GET_WHEEL_OVERLAY_PRESENCE"] with { needs: "the wheel overlay",
        answers: &[Answer::of("WHEEL_OVERLAY_PRESENCE")] };
    /// Asks whether a timer overlay is open. Each that is answers.
    ["GET_TIMER_OVERLAY_PRESENCE"] with { needs: "the timer overlay",
        answers: &[Answer::of("TIMER_OVERLAY_PRESENCE")] };
    /// Asks whether an overlay for messages and clips is open. Each that is answers within a
    /// second.
    ["GET_CHAT_HIGHLIGHT_OVERLAY_PRESENCE"] with { needs: OVERLAY,
        answers: &[Answer::of("CHAT_HIGHLIGHT_OVERLAY_PRESENCE")] };
    /// Asks whether a bits wall is open. Each that is answers.
    ["GET_BITSWALL_OVERLAY_PRESENCE"] with { needs: "the bits wall overlay",
        answers: &[Answer::of("BITSWALL_OVERLAY_PRESENCE")] };
    /// Asks whether a credits overlay is open. Each that is answers within 1.5 s.
    ["GET_CREDITS_OVERLAY_PRESENCE" / "GET_ENDING_CREDITS_PRESENCE"] with {
        needs: "the credits overlay", answers: &[Answer::of("CREDITS_OVERLAY_PRESENCE")],
    };
    /// Asks which ad-break overlays are open; each open one replies.
    ["GET_AD_BREAK_OVERLAY_PRESENCE"] with { needs: "the ad break overlay",
        answers: &[Answer::of("AD_BREAK_OVERLAY_PRESENCE")] };
    /// Asks whether an overlay for predictions is open. Each that is answers.
    ["GET_PREDICTIONS_OVERLAY_PRESENCE"] with {
        needs: "the prediction overlay", answers: &[Answer::of("PREDICTIONS_OVERLAY_PRESENCE")],
    };
    /// Asks whether an overlay for polls is open. Each that is answers.
    ["GET_POLLS_OVERLAY_PRESENCE"] with { needs: "the poll overlay",
        answers: &[Answer::of("POLLS_OVERLAY_PRESENCE")] };
    /// Asks whether an overlay for polls in the chat is open. Each that is answers.
    ["GET_CHAT_POLL_OVERLAY_PRESENCE"] with { needs: "the chat poll overlay",
        answers: &[Answer::of("CHAT_POLL_OVERLAY_PRESENCE")] };

    /// Asks for all timers and countdowns in one answer.
    ["GET_TIMER_LIST" in 17] with { answers: &[Answer::of("ON_TIMER_LIST")],
        akin: &["GET_CURRENT_TIMERS"] };
    /// Asks for the poll that runs in the chat. No answer if none does.
    ["GET_CHAT_POLL_INFO" in 17] with { answers: &[Answer::of("ON_CHAT_POLL_INFO")],
        akin: &["GET_CHAT_POLL_OVERLAY_PARAMETERS"] };
    /// Asks whether a quiz overlay is open. Each that is answers.
    ["GET_QUIZ_OVERLAY_PRESENCE" in 17] with { needs: "the quiz overlay",
        answers: &[Answer::of("ON_QUIZ_OVERLAY_PRESENCE")] };
    /// Asks for the quiz.
    ["GET_QUIZ_CONFIGS" in 17] with { answers: &[Answer::of("ON_QUIZ_STATE")] };
    /// Asks for nearly everything that Twitchat knows: timers, counters, triggers, what is shown
    /// and what runs.
    ["GET_GLOBAL_STATES" in 17] with { answers: &[Answer::of("ON_GLOBAL_STATES")],
        akin: &["GET_LABEL_OVERLAY_PLACEHOLDERS"] };
}
