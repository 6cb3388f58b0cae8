//! Actions of Twitchat's buttons: panels, forms, polls, raffles, quizzes, moderation. None of them
//! takes data.

use super::{
    Answer,
    commands::VOICE,
    row::{CHAT, Irreversible},
    turn,
};

const GIVES_BACK: Irreversible = Irreversible {
    when: |_| true,
    does: "it cancels the prediction and gives all points back",
};
const EMERGENCY: &[Answer] = &[Answer::of("EMERGENCY_MODE")];
const QUIZ: &str = "Twitchat with a quiz running";
const NOBODY: &str = "no part of Twitchat: no version acts on this action";

plain! { PANELS:
    /// Empties the list of people to greet.
    ["GREET_FEED_READ_ALL" / "SET_GREET_FEED_READ_ALL"] with { needs: CHAT };
    /// Removes the message or clip from the overlay.
    ["CLEAR_CHAT_HIGHLIGHT" / "SET_CLEAR_CHAT_HIGHLIGHT"] with { needs: CHAT };
    /// Closes the alert in the chat.
    ["HIDE_ALERT" / "SET_HIDE_CHAT_ALERT"];
    /// Turns the merging of consecutive messages of one person on or off.
    ["MERGE_TOGGLE" / "SET_MERGE_TOGGLE"];
    /// Shows or hides the poll.
    ["POLL_TOGGLE" / "SET_POLL_TOGGLE"] with { needs: CHAT };
    /// Shows or hides the prediction.
    ["PREDICTION_TOGGLE" / "SET_PREDICTION_TOGGLE"] with { needs: CHAT };
    /// Shows or hides the bingo of the chat, which is not the bingo grid.
    ["BINGO_TOGGLE" / "SET_BINGO_TOGGLE"] with { needs: CHAT };
    /// Shows or hides the raffle.
    ["RAFFLE_TOGGLE" / "SET_RAFFLE_TOGGLE"] with { needs: CHAT };
    /// Shows or hides the number of viewers.
    ["VIEWERS_COUNT_TOGGLE" / "SET_VIEWERS_COUNT_TOGGLE"] with { needs: CHAT };
    /// Shows or hides the moderation tools.
    ["MOD_TOOLS_TOGGLE" / "SET_MOD_TOOLS_TOGGLE"] with { needs: CHAT };
    /// Turns the censoring of deleted messages on or off.
    ["CENSOR_DELETED_MESSAGES_TOGGLE" / "SET_CENSOR_DELETED_MESSAGES_TOGGLE"] with { needs: CHAT };
    /// Gives a shoutout to the last raider. Twitchat shows a notice if there was no raid.
    ["SHOUTOUT" / "SET_SHOUTOUT_LAST_RAIDER"];
    /// Stops the voice that reads the chat.
    ["STOP_TTS" / "SET_STOP_CURRENT_TTS_AUDIO"];
    /// Accepts the last message that AutoMod holds.
    ["AUTOMOD_ACCEPT" / "SET_AUTOMOD_ACCEPT"];
    /// Rejects the last message that AutoMod holds.
    ["AUTOMOD_REJECT" / "SET_AUTOMOD_REJECT"];

    /// Asks the streamer in Twitchat to confirm, then starts the emergency mode.
    ["START_EMERGENCY" to 16] with { answers: EMERGENCY, turn: Some(turn::start_emergency) };
    /// Ends the emergency mode.
    ["STOP_EMERGENCY" to 16] with { answers: EMERGENCY, turn: Some(turn::stop_emergency) };
    /// Turns voice control on.
    ["ENABLE_STT" to 16] with { turn: Some(turn::voice_on) };
    /// Turns voice control off.
    ["DISABLE_STT" to 16] with { turn: Some(turn::voice_off) };

    /// Opens the form for a poll.
    ["CREATE_POLL" / "ON_OPEN_POLL_CREATION_FORM"] with { needs: CHAT };
    /// Opens the form for a prediction.
    ["CREATE_PREDICTION" / "SET_OPEN_PREDICTION_CREATION_FORM"] with { needs: CHAT };
    /// Opens the form for a raffle.
    ["RAFFLE_START" / "ON_OPEN_RAFFLE_CREATION_FORM"] with { needs: CHAT };
    /// Ends the poll.
    ["STOP_POLL" / "SET_STOP_POLL"] with { needs: CHAT, answers: &[Answer::of("POLL_PROGRESS")] };
    /// Cancels the prediction. No action can resolve it.
    ["STOP_PREDICTION" / "SET_STOP_PREDICTION"] with {
        needs: CHAT, answers: &[Answer::of("PREDICTION_PROGRESS")], irreversible: Some(GIVES_BACK),
    };
    /// Draws the winner of the first raffle.
    ["RAFFLE_PICK_WINNER" / "SET_RAFFLE_PICK_WINNER"]
    with { answers: &[Answer::of("RAFFLE_RESULT")] };
    /// Asks the streamer in Twitchat to confirm, then ends the first raffle.
    ["RAFFLE_END" to 16] with { akin: &["RAFFLE_PICK_WINNER"] };
    /// Does nothing.
    ["POLL_CREATE" to 16] with { needs: NOBODY, akin: &["CREATE_POLL"] };
    /// Does nothing.
    ["CREATE_RAFFLE" to 16] with { needs: NOBODY, akin: &["RAFFLE_START"] };
    /// Does nothing.
    ["STOP_RAFFLE" to 16] with { needs: NOBODY, akin: &["RAFFLE_PICK_WINNER"] };

    /// Ends the running poll in the chat, and shows its result.
    ["SET_CHAT_POLL_STOP" in 17] with { answers: &[Answer::of("ON_CHAT_POLL_RESULT")],
        akin: &["STOP_POLL"] };
    /// Shows the answer to the question of the quiz.
    ["SET_QUIZ_REVEAL" in 17] with { needs: QUIZ };
    /// Goes on to the next question of the quiz.
    ["SET_QUIZ_NEXT_QUESTION" in 17] with { needs: QUIZ };
    /// Shows or hides the leaderboard of the quiz.
    ["SET_QUIZ_TOGGLE_LEADERBOARD" in 17] with { needs: QUIZ,
        answers: &[Answer::of("ON_QUIZ_LEADERBOARD")] };
    /// Unpins the message that is pinned in the chat.
    ["SET_UNPIN_TWITCH_MESSAGE" in 17] with { akin: &["CLEAR_CHAT_HIGHLIGHT"] };

    /// Acts like the spoken command "erase".
    ["ERASE" / "ON_STT_ERASE"] with { needs: VOICE };
    /// Acts like the spoken command "next".
    ["NEXT" / "ON_STT_NEXT"] with { needs: VOICE };
    /// Acts like the spoken command "previous".
    ["PREVIOUS" / "ON_STT_PREVIOUS"] with { needs: VOICE };
    /// Acts like the spoken command "submit".
    ["SUBMIT" / "ON_STT_SUBMIT"] with { needs: VOICE };
    /// Acts like the spoken command "cancel".
    ["CANCEL" / "ON_STT_CANCEL"] with { needs: VOICE };
}
