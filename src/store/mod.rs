//! SHELL. The SQLite file: journal, sessions, people, facts about the bridge.
