# Steps of a script that goes on when one fails, and their summary at the end. Sourced by scripts/test and scripts/packages.
# `failed` becomes 1 when a step fails.
# shellcheck shell=bash

summary=()
failed=0

step() { # TITLE COMMAND…
    local title=$1 began=$SECONDS code took
    shift
    printf '\n==== %s\n' "$title"
    set +e # not in a condition: there the command's own `set -e` would have no effect
    (
        set -e
        "$@"
    )
    code=$?
    set -e
    took=$((SECONDS - began))
    if [[ $code == 0 ]]; then
        summary+=("$(printf '%5d s  ok      %s' "$took" "$title")")
    else
        summary+=("$(printf '%5d s  FAILED  %s (exit code %d)' "$took" "$title" "$code")")
        failed=1
    fi
    printf '==== %s: %d s, exit code %d\n' "$title" "$took" "$code"
}

summarise() {
    printf '\n==== summary\n'
    printf '%s\n' "${summary[@]}"
    [[ $failed == 0 ]] || printf '\nFAILED'
    [[ $failed == 1 ]] || printf '\nall passed'
    printf ' in %d s\n' "$SECONDS"
}
