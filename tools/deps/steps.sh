# shellcheck shell=bash
# How script/bootstrap speaks, stops, and remembers what it has made. Expects: deps.

say() {
  echo "bootstrap: $*" >&3
  echo "== $*"
}

# refuse TEXT...: ends the run with one line that says what is wrong and what to do.
refuse() {
  trap - EXIT
  echo "bootstrap: $*" >&4
  exit 1
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
