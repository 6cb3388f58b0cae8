//! Questions to Twitchat, and the messages that answer them. An answer repeats at most the
//! parameters of its question. A question with an unknown id gets no answer.

use super::{Answer, Shape, clip::OVERLAY, row::CHAT};

const TIMERS: &[Answer] = &[
    Answer::with("TIMER_START", "id", "/id"),
    Answer::with("COUNTDOWN_START", "id", "/id"),
];

actions! { QUESTIONS:
    /// Asks for the data of the credits. The answer may take 10 s.
    GetSummaryData: GET_SUMMARY_DATA = ["GET_SUMMARY_DATA" / "GET_ENDING_CREDITS_DATA"] {
        may {
            /// The start, in Unix milliseconds; the beginning of the stream if absent or 0.
            since: i64 as ["offset" / "dateOffset"] = Shape::TIME, example "1795291200000";
            /// Whether the answer also contains the settings of the credits.
            settings: bool as ["includeParams" / "includeOverlayParams"] = Shape::Flag,
                default "false";
        }
    } with { answers: &[Answer::of("SUMMARY_DATA")] }

    /// Asks for a timer or countdown. Without an id, the default timer and countdown come in two
    /// answers.
    GetCurrentTimers: GET_CURRENT_TIMERS = ["GET_CURRENT_TIMERS" / "GET_TIMER"] {
        may {
            /// The id of the timer or countdown.
            timer: String as ["id" / "id"] = Shape::Id;
        }
    } with { answers: TIMERS }

    /// Asks for a counter and its value.
    CounterGet: COUNTER_GET = ["COUNTER_GET" / "GET_COUNTER"] {
        must {
            /// The id of the counter.
            counter: String as ["cid" / "id"] = Shape::Id;
        }
    } with { answers: &[Answer::with("COUNTER_UPDATE", "cid", "/counter/id")] }

    /// Asks for a label overlay.
    GetLabelOverlayParams: GET_LABEL_OVERLAY_PARAMS =
        ["GET_LABEL_OVERLAY_PARAMS" / "GET_LABEL_OVERLAY_CONFIGS"] {
        must {
            /// The id of the label.
            label: String as ["id" / "id"] = Shape::Id;
        }
    } with { answers: &[Answer::with("LABEL_OVERLAY_PARAMS", "id", "/id")] }

    /// Asks for a bingo grid. 17 returns the first one that is enabled.
    GetBingoGridParameters: GET_BINGO_GRID_PARAMETERS =
        ["GET_BINGO_GRID_PARAMETERS" / "GET_BINGO_GRID_CONFIGS"] {
        must {
            /// The id of the grid.
            grid: String as ["bid" to 16] = Shape::Id;
        }
    } with { answers: &[Answer::of("BINGO_GRID_PARAMETERS")], drops: &["bid"] }

    /// Asks for a distortion overlay.
    GetDistortOverlayParameters: GET_DISTORT_OVERLAY_PARAMETERS =
        ["GET_DISTORT_OVERLAY_PARAMETERS" / "GET_DISTORT_OVERLAY_CONFIGS"] {
        must {
            /// The id of the distortion.
            distortion: String as ["distortionID" / "id"] = Shape::Id;
        }
    } with { answers: &[Answer::with("DISTORT_OVERLAY_PARAMETERS", "distortionID", "/params/id")] }

    /// Asks for an overlay of donation goals.
    GetDonationGoalsOverlayParams: GET_DONATION_GOALS_OVERLAY_PARAMS =
        ["GET_DONATION_GOALS_OVERLAY_PARAMS" / "GET_DONATION_GOALS_OVERLAY_CONFIGS"]
    {
        must {
            /// The id of the overlay.
            overlay: String as ["overlayId" / "id"] = Shape::Id;
        }
    } with { answers: &[Answer::with("DONATION_GOALS_OVERLAY_PARAMS", "overlayId", "/params/id")] }

    /// Asks for animated texts: one of them, or all that are enabled, with one answer each.
    GetAnimatedTextConfigs: GET_ANIMATED_TEXT_CONFIGS = ["GET_ANIMATED_TEXT_CONFIGS"] {
        may {
            /// The id of the overlay.
            overlay: String as ["id"] = Shape::Id;
        }
    } with { answers: &[Answer::with("ANIMATED_TEXT_CONFIGS", "id", "/id")] }

    /// Asks for custom trains: one of them, or all that are enabled, with one answer each.
    GetCustomTrainState: GET_CUSTOM_TRAIN_STATE =
        ["GET_CUSTOM_TRAIN_STATE" / "GET_CUSTOM_TRAIN_DATA"] {
        may {
            /// The id of the train.
            train: String as ["id" / "id"] = Shape::Id;
        }
    } with { answers: &[Answer::with("CUSTOM_TRAIN_STATE", "id", "/configs/id")] }
}

plain! { PLAIN_QUESTIONS:
    /// Asks for the music that is playing. No answer if there is none.
    ["GET_CURRENT_TRACK"] with { answers: &[Answer::of("CURRENT_TRACK")] };
    /// Asks for the names of all counters.
    ["COUNTER_GET_ALL" / "GET_ALL_COUNTERS"] with { answers: &[Answer::of("COUNTER_LIST")] };
    /// Asks for the names of all triggers.
    ["TRIGGERS_GET_ALL" / "GET_TRIGGER_LIST"] with { answers: &[Answer::of("TRIGGER_LIST")] };
    /// Asks for the Q&A sessions.
    ["QNA_SESSION_GET_ALL" / "GET_QNA_SESSION_LIST"]
    with { answers: &[Answer::of("QNA_SESSION_LIST")] };
    /// Asks for the number of chat columns.
    ["GET_COLS_COUNT" / "GET_CHAT_COLUMNS_COUNT"] with { needs: CHAT,
        answers: &[Answer::of("SET_COLS_COUNT")] };
    /// Asks for the values of all labels: title, category, counts, the last person of each kind.
    ["GET_LABEL_OVERLAY_PLACEHOLDERS"]
    with { answers: &[Answer::of("LABEL_OVERLAY_PLACEHOLDERS")] };
    /// Asks for ad breaks: first their look, then their times. No answer if they were never set up.
    ["GET_AD_BREAK_OVERLAY_PARAMETERS" / "GET_AD_BREAK_OVERLAY_CONFIGS"] with {
        answers: &[Answer::of("AD_BREAK_OVERLAY_PARAMETERS"), Answer::of("AD_BREAK_DATA")],
    };
    /// Asks for the look of the bits wall. No answer if it was never set up.
    ["GET_BITS_WALL_OVERLAY_PARAMETERS" / "GET_BITSWALL_OVERLAY_CONFIGS"]
    with { answers: &[Answer::of("BITSWALL_OVERLAY_PARAMETERS")] };
    /// Asks for the look of polls, and for the running one. No answer if the look was never set up.
    ["GET_POLLS_OVERLAY_PARAMETERS" / "GET_POLLS_OVERLAY_CONFIGS"] with {
        answers: &[Answer::of("POLLS_OVERLAY_PARAMETERS"), Answer::of("POLL_PROGRESS")],
    };
    /// Asks for the look of predictions, and for the running one. No answer if the look was never
    /// set up.
    ["GET_PREDICTIONS_OVERLAY_PARAMETERS" / "GET_PREDICTIONS_OVERLAY_CONFIGS"] with {
        answers: &[Answer::of("PREDICTIONS_OVERLAY_PARAMETERS"), Answer::of("PREDICTION_PROGRESS")],
    };
    /// Asks for the look of polls in the chat, and for the running one.
    ["GET_CHAT_POLL_OVERLAY_PARAMETERS" / "GET_CHAT_POLL_OVERLAY_CONFIGS"] with {
        answers: &[Answer::of("CHAT_POLL_OVERLAY_PARAMETERS"), Answer::of("CHAT_POLL_PROGRESS")],
    };

    /// Asks which wheel overlays are open. Each open one replies within half a second.
    ["GET_WHEEL_OVERLAY_PRESENCE"] with { needs: "the wheel overlay",
        answers: &[Answer::of("WHEEL_OVERLAY_PRESENCE")] };
    /// Asks which timer overlays are open. Each open one replies.
    ["GET_TIMER_OVERLAY_PRESENCE"] with { needs: "the timer overlay",
        answers: &[Answer::of("TIMER_OVERLAY_PRESENCE")] };
    /// Asks which overlays for messages and clips are open. Each open one replies within a second.
    ["GET_CHAT_HIGHLIGHT_OVERLAY_PRESENCE"] with { needs: OVERLAY,
        answers: &[Answer::of("CHAT_HIGHLIGHT_OVERLAY_PRESENCE")] };
    /// Asks which bits walls are open. Each open one replies.
    ["GET_BITSWALL_OVERLAY_PRESENCE"] with { needs: "the bits wall overlay",
        answers: &[Answer::of("BITSWALL_OVERLAY_PRESENCE")] };
    /// Asks which credits overlays are open. Each open one replies within 1.5 s.
    ["GET_CREDITS_OVERLAY_PRESENCE" / "GET_ENDING_CREDITS_PRESENCE"] with {
        needs: "the credits overlay", answers: &[Answer::of("CREDITS_OVERLAY_PRESENCE")],
    };
    /// Asks which ad-break overlays are open; each open one replies.
    ["GET_AD_BREAK_OVERLAY_PRESENCE"] with { needs: "the ad break overlay",
        answers: &[Answer::of("AD_BREAK_OVERLAY_PRESENCE")] };
    /// Asks which prediction overlays are open. Each open one replies.
    ["GET_PREDICTIONS_OVERLAY_PRESENCE"] with {
        needs: "the prediction overlay", answers: &[Answer::of("PREDICTIONS_OVERLAY_PRESENCE")],
    };
    /// Asks which poll overlays are open. Each open one replies.
    ["GET_POLLS_OVERLAY_PRESENCE"] with { needs: "the poll overlay",
        answers: &[Answer::of("POLLS_OVERLAY_PRESENCE")] };
    /// Asks which overlays for polls in the chat are open. Each open one replies.
    ["GET_CHAT_POLL_OVERLAY_PRESENCE"] with { needs: "the chat poll overlay",
        answers: &[Answer::of("CHAT_POLL_OVERLAY_PRESENCE")] };

    /// Asks for all timers and countdowns in one answer.
    ["GET_TIMER_LIST" in 17] with { answers: &[Answer::of("ON_TIMER_LIST")],
        akin: &["GET_CURRENT_TIMERS"] };
    /// Asks for the running poll in the chat. No answer if there is none.
    ["GET_CHAT_POLL_INFO" in 17] with { answers: &[Answer::of("ON_CHAT_POLL_INFO")],
        akin: &["GET_CHAT_POLL_OVERLAY_PARAMETERS"] };
    /// Asks which quiz overlays are open. Each open one replies.
    ["GET_QUIZ_OVERLAY_PRESENCE" in 17] with { needs: "the quiz overlay",
        answers: &[Answer::of("ON_QUIZ_OVERLAY_PRESENCE")] };
    /// Asks for the quiz.
    ["GET_QUIZ_CONFIGS" in 17] with { answers: &[Answer::of("ON_QUIZ_STATE")] };
    /// Asks for nearly everything that Twitchat knows: timers, counters, triggers, and everything
    /// that is shown or running.
    ["GET_GLOBAL_STATES" in 17] with { answers: &[Answer::of("ON_GLOBAL_STATES")],
        akin: &["GET_LABEL_OVERLAY_PLACEHOLDERS"] };
}
