# shellcheck shell=bash
# How script/bootstrap speaks, stops, and remembers what it has made. Expects: deps.

say() {
  echo "bootstrap: $*" >&3
  echo "== $*"
}

# refuse TEXT...: ends the run with one line that says what is wrong and what to do.
readonly refused=3
refuse() {
  trap - EXIT
  echo "bootstrap: $*" >&4
  exit $refused
}

# side_by_side FUNCTION...: calls them at the same time, for most of their time they wait for the network. Ends the run if
# one of them fails, with what that one wrote at the end of the log.
side_by_side() {
  local function logs=() jobs=() failed=() i status worst=0
  mkdir -p "$deps/.work"
  for function in "$@"; do
    logs+=("$deps/.work/$function.log")
    "$function" >"${logs[-1]}" 2>&1 &
    jobs+=($!)
  done
  # A job in the background hears of no Ctrl-C by itself.
  # shellcheck disable=SC2064  # these jobs
  trap "kill ${jobs[*]} 2>/dev/null; exit 130" INT TERM
  for i in "${!jobs[@]}"; do
    status=0
    wait "${jobs[i]}" || status=$?
    [ "$status" != 0 ] || { cat "${logs[i]}" && continue; }
    failed+=("${logs[i]}")
    [ "$worst" = $refused ] || worst=$status
  done
  trap - INT TERM
  [ "$worst" != 0 ] || return 0
  cat "${failed[@]}"
  [ "$worst" != $refused ] || trap - EXIT  # it has said why
  exit "$worst"
}

# digest_of FILE...: one digest over names and contents; used as the key of what is made from them.
digest_of() { sha256sum -- "$@" | sha256sum | cut -c1-16; }

# A key names what an item is made from and how it is laid out; whoever changes the layout raises the number in the key.
# is_current ITEM KEY: true if ITEM was made from KEY and each of its files still has the digest noted then.
is_current() {
  local stamp=$deps/.stamps/$1
  [ -f "$stamp" ] && [ "$(head -n 1 "$stamp")" = "# $2" ] || return 1
  (cd "$deps" && tail -n +2 "$stamp" | sha256sum --check --status --strict -)
}

# record ITEM KEY PATH...: notes KEY and the digest of every file below the PATHs (relative to build/deps).
record() {
  local item=$1 key=$2
  shift 2
  (
    cd "$deps" || exit
    echo "# $key"
    find -L "$@" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
  ) >"$deps/.stamps/$item.new"
  mv "$deps/.stamps/$item.new" "$deps/.stamps/$item"
}

# fresh_directory NAME: prints an empty working directory, which the next run of the same step empties again.
fresh_directory() {
  rm -rf "$deps/.work/$1"
  mkdir -p "$deps/.work/$1"
  echo "$deps/.work/$1"
}

# put_in_place FROM TO: moves a finished directory to where builds look for it.
put_in_place() {
  rm -rf "$2"
  mkdir -p "$(dirname "$2")"
  mv "$1" "$2"
}
