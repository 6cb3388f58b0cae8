# Short names for what is done often. `just` lists them.

default:
    @just --list

# Format, lints, and the tests that need neither OBS nor a browser
check:
    scripts/test --fast

# One test, by a part of its name
one NAME:
    cargo nextest run --locked {{NAME}}

# Every test there is; installs what is missing
test:
    scripts/test

# Tests on a real OBS, by a part of their names
real NAME="":
    OBS_TEST_STATE=target/real-obs/state scripts/real-obs start
    . target/real-obs/state && cargo nextest run --locked --profile real-obs --run-ignored only {{NAME}}; \
        code=$?; OBS_TEST_STATE=target/real-obs/state scripts/real-obs stop; exit $code

# The documentation of the client library
doc:
    cargo doc --locked --no-deps --open
