# shellcheck shell=bash disable=SC2154 # the demo sets bin, work, engine, models
# What the demo's steps are made of. The demo sets bin, work, engine, models.

steps=0
wrong=0
started=()
chips=()
declare -A spawner_of=() first_keep=()
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

# refuses ERROR TEXT COMMAND...: must say no with exit code 1 and this error (a name, or a tool's words), and nothing may
# fall over: a keep that was started again refuses nothing.
refuses() {
  local error=$1 text=$2 status=0
  shift 2
  steps=$((steps + 1))
  "$@" >"$work/said" 2>&1 || status=$?
  if [ "$status" != 1 ]; then
    fails "$text" "exit code $status: $(evidence)"
  elif ! grep -qE "^edgekeep: (.* failed, $error:|$error)" "$work/said"; then
    fails "$text" "not '$error': $(evidence)"
  elif ! keeps_live; then
    fails "$text" "the keep ended over it: $(evidence)"
  else
    report no "$text" "$(evidence)"
  fi
}

fails() {
  wrong=$((wrong + 1))
  report FAIL "$1" "$2"
}

# keep_of NAME: the process ids of all keeps of that device, one or none.
keep_of() { pgrep -P "${spawner_of[$1]}" -x edgekeep-keep; }

# Every device that was started still has the keep it began with, and that answers: with its status, or by saying
# why it gives none.
keeps_live() {
  local name
  for name in "${!spawner_of[@]}"; do
    [ "$(keep_of "$name")" = "${first_keep[$name]}" ] || return 1
    "$bin/edgekeep" --root "$work/$name" status >"$work/status" 2>&1 || grep -qE ' failed, (denied|forbidden):' "$work/status" || return 1
  done
}

# start_device NAME: a spawner with its own root directory; waits until the keep listens.
start_device() {
  local root=$work/$1 ready
  mkdir -p "$root"
  mkfifo "$work/ready"
  "$bin/edgekeep-spawner" --root "$root" --libexec "$bin" --engine "$engine" --ready-fd 7 7>"$work/ready" \
    </dev/null >"$work/$1.log" 2>&1 &
  started+=("$!")
  spawner_of[$1]=$!
  read -r -t 20 ready <"$work/ready"
  rm "$work/ready"
  first_keep[$1]=$(keep_of "$1") || return 1
  echo "$ready, process $!"
}

stop_all() {
  local pid
  for pid in "${started[@]}"; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  started=()
  spawner_of=() first_keep=()
}

finish() {
  local status=$?
  stop_all
  [ "${#chips[@]}" = 0 ] || kill "${chips[@]}" 2>/dev/null || true
  rm -rf "$work"
  printf '\n%d steps, %d wrong, %d s\n' "$steps" "$wrong" "$(($(date +%s) - began))"
  [ "$status" = 0 ] && [ "$wrong" = 0 ] || exit 1
}
