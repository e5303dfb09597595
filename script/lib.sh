# shellcheck shell=bash
# What the scripts beside this file share. Sourcing it goes to the root of the tree.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
mkdir -p build/logs
export LC_ALL=C.UTF-8 CTEST_PARALLEL_LEVEL="${CTEST_PARALLEL_LEVEL:-$(nproc)}"

# step TEXT...: one line that a person can follow.
step() { printf '== %s\n' "$*"; }

# quietly NAME COMMAND...: keeps the output in build/logs/NAME.log and shows its end if COMMAND fails.
quietly() {
  local log=build/logs/$1.log status=0
  shift
  "$@" >"$log" 2>&1 </dev/null || status=$?
  [ "$status" = 0 ] && return
  tail -n 60 "$log"
  echo "failed (status $status): $*; all of it: $log"
  return "$status"
}

# build PRESET TARGET...: configures where needed and builds.
build() {
  local preset=$1
  shift
  quietly "configure-$preset" cmake --preset "$preset" && quietly "build-$preset" cmake --build --preset "$preset" --target "$@"
}
