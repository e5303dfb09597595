# shellcheck shell=bash disable=SC2154 # the demo sets bin, work, engine, models
# What the demo's steps are made of. The demo sets bin, work, engine, models.

steps=0
wrong=0
started=()
began=$(date +%s)

title() { printf '\n%s\n' "$*"; }

# report MARK TEXT EVIDENCE
report() { printf '  %-4s %-78s %s\n' "$1" "$2" "$3"; }

# The last line a command said, cut to fit.
evidence() { grep -v '^[[:space:]]*$' "$work/said" | tail -n 1 | cut -c 1-110 || true; }

# does TEXT COMMAND...: must succeed.
does() {
  local text=$1
  shift
  steps=$((steps + 1))
  if "$@" >"$work/said" 2>&1; then
    report ok "$text" "$(evidence)"
  else
    wrong=$((wrong + 1))
    report FAIL "$text" "$(evidence)"
    exit 1
  fi
}

# refuses TEXT COMMAND...: must say no with exit code 1, not fall over.
refuses() {
  local text=$1 status=0
  shift
  steps=$((steps + 1))
  "$@" >"$work/said" 2>&1 || status=$?
  if [ "$status" = 1 ]; then
    report no "$text" "$(evidence)"
  else
    wrong=$((wrong + 1))
    report FAIL "$text" "exit code $status: $(evidence)"
  fi
}

# start_device NAME: a spawner with its own root directory; waits until the keep listens.
start_device() {
  local root=$work/$1 ready
  mkdir -p "$root"
  mkfifo "$work/ready"
  "$bin/edgekeep-spawner" --root "$root" --libexec "$bin" --engine "$engine" --ready-fd 7 7>"$work/ready" \
    </dev/null >"$work/$1.log" 2>&1 &
  started+=("$!")
  read -r -t 20 ready <"$work/ready"
  rm "$work/ready"
  echo "$ready, process $!"
}

stop_all() {
  local pid
  for pid in "${started[@]}"; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  started=()
}

finish() {
  local status=$?
  stop_all
  rm -rf "$work"
  printf '\n%d steps, %d wrong, %d s\n' "$steps" "$wrong" "$(($(date +%s) - began))"
  [ "$status" = 0 ] && [ "$wrong" = 0 ] || exit 1
}
