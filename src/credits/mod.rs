//! PURE. The credits: a fold over facts, its sections and leaderboards, the shapes of the replies, sample data.
