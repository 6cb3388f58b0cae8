# Runs the steps of a script, even after a step has failed, and prints a summary at the end. Sourced by scripts/test and scripts/packages.
# `failed` becomes 1 when a step fails.
# shellcheck shell=bash

summary=()
failed=0
beside_title=() beside_pid=() beside_log=() beside_began=()

note_step() { # TITLE SECONDS CODE
    if [[ $3 == 0 ]]; then
        summary+=("$(printf '%5d s  ok      %s' "$2" "$1")")
    else
        summary+=("$(printf '%5d s  FAILED  %s (exit code %d)' "$2" "$1" "$3")")
        failed=1
    fi
    printf '==== %s: %d s, exit code %d\n' "$1" "$2" "$3"
}

step() { # TITLE COMMAND…
    local title=$1 began=$SECONDS code
    shift
    printf '\n==== %s\n' "$title"
    set +e # not in a condition: there the command's own `set -e` would have no effect
    (
        set -e
        "$@"
    )
    code=$?
    set -e
    note_step "$title" "$((SECONDS - began))" "$code"
}

# Starts a step in the background. `gather` waits for it, and prints its output.
beside() { # TITLE COMMAND…
    local title=$1 log
    shift
    log=$(mktemp)
    (
        set -e
        "$@"
    ) >"$log" 2>&1 &
    beside_title+=("$title") beside_pid+=($!) beside_log+=("$log") beside_began+=("$SECONDS")
    printf '\n==== %s: started, continues beside the next steps\n' "$title"
}

# The time in the summary is an upper bound: it ends when `gather` checks the step.
gather() {
    local at waited
    for at in "${!beside_pid[@]}"; do
        set +e
        wait "${beside_pid[$at]}"
        waited=$?
        set -e
        printf '\n==== %s\n' "${beside_title[$at]}"
        cat "${beside_log[$at]}"
        rm -f "${beside_log[$at]}"
        note_step "${beside_title[$at]}" "$((SECONDS - beside_began[at]))" "$waited"
    done
    beside_title=() beside_pid=() beside_log=() beside_began=()
}

summarise() {
    printf '\n==== summary\n'
    printf '%s\n' "${summary[@]}"
    [[ $failed == 0 ]] || printf '\nFAILED'
    [[ $failed == 1 ]] || printf '\nall passed'
    printf ' in %d s\n' "$SECONDS"
}
