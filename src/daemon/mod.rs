//! SHELL. Wires the parts: starts and stops them, feeds the core, runs its effects.
