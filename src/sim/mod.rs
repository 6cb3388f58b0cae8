//! SHELL. A stand-in OBS and a stand-in Twitchat, for the demo and the tests.
