# Counts tests: one line a test, its output in a log of its own, a summary at the end. Sourced by .ci/check and .ci/test.

logs=$BUILD/test
rm -rf "$logs"
mkdir -p "$logs"
passed=0 failed=0 skipped=0
failures=()

# try NAME COMMAND…: runs a function or a program as a test. Exit status 0 is passed, 77 is skipped, all else is failed.
# FILTER, a regular expression, chooses by name.
try() {
    local name=$1 log=$logs/${1//[^a-zA-Z0-9_+-]/-}.log start=$EPOCHREALTIME status milliseconds
    shift
    if [[ ! $name =~ ${FILTER:-} ]]; then return 0; fi
    # Not in an `if` or `||`, which would switch `set -e` off within.
    set +e
    (
        set -euo pipefail
        "$@"
    ) >"$log" 2>&1 </dev/null
    status=$?
    set -e
    milliseconds=$(((${EPOCHREALTIME/./} - ${start/./}) / 1000))
    case $status in
    0)
        passed=$((passed + 1))
        printf 'ok    %-44s %6d ms\n' "$name" "$milliseconds"
        ;;
    77)
        skipped=$((skipped + 1))
        printf 'skip  %-44s %s\n' "$name" "$(tail -n 1 "$log")"
        ;;
    *)
        failed=$((failed + 1))
        failures+=("$name")
        printf 'FAIL  %-44s %6d ms, status %d, %s:\n' "$name" "$milliseconds" "$status" "$log"
        tail -n 40 "$log" | sed 's/^/      /'
        ;;
    esac
}

# A program that hangs is a test that failed.
within() { timeout --kill-after=5 "$@"; }

# Passes when it reads nothing. `! grep .` would do, but `set -e` does not act upon what `!` precedes.
nothing() { if grep .; then return 1; fi; }

# Ends with one plain line that counts. Fails where a test did.
summary() {
    echo
    if ((skipped > 0)); then echo "$skipped skipped"; fi
    for name in ${failures[@]+"${failures[@]}"}; do echo "failed: $name"; done
    echo "$passed passed, $failed failed"
    ((failed == 0))
}
