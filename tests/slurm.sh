#!/usr/bin/env bash
# A real Slurm of two nodes on this machine's loopback, for tests: Debian 12 (Slurm 22.05), as root, without systemd.
#   slurm.sh install       installs what is missing with apt; no daemon is started
#   slurm.sh start FOLDER  starts what is not running, and prints the path of slurm.conf, which SLURM_CONF is to hold
#   slurm.sh stop FOLDER   cancels the jobs and ends the daemons
# FOLDER holds configuration, state, logs, and the process number of each daemon in run/NAME.pid: munged, slurmctld, slurmd-one and slurmd-two.
# Where Slurm cannot be had the status is 75. Nodes have more cores than the machine: what is tested is short.
set -euo pipefail
export PATH=$PATH:/usr/sbin:/sbin
nodes=(one two)

install() {
  local tool missing=() policy=/usr/sbin/policy-rc.d
  for tool in munged:munge slurmctld:slurmctld slurmd:slurmd sbatch:slurm-client; do
    command -v "${tool%%:*}" >/dev/null || missing+=("${tool##*:}")
  done
  ((${#missing[@]} > 0)) || return 0
  [[ $(id -u) -eq 0 ]] && command -v apt-get >/dev/null || cannot "this is not root with apt, and there is no ${missing[*]}"
  printf '\n== install %s\n' "${missing[*]}" >&2
  # Without this policy the packages start daemons of their own.
  if [[ ! -e $policy ]]; then
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; } &>/dev/null \
    || cannot "apt could not install ${missing[*]}"
}

cannot() {
  echo "$1" >&2
  exit 75
}

wait_for() { # SECONDS COMMAND...
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < end)) || return 1
    sleep 0.1
  done
}

running() { # DAEMON; a number that another process has by now does not count
  local id
  id=$(cat "$folder/run/$1.pid" 2>/dev/null) && tr '\0' ' ' 2>/dev/null <"/proc/$id/cmdline" | grep -qF "$folder/"
}

gone() { ! running "$1"; }

launch() { # DAEMON COMMAND...
  running "$1" && return
  rm -f "$folder/run/$1.pid"
  "${@:2}" &>>"$folder/log/$1.out" </dev/null 9>&- && wait_for 10 running "$1" || die "$1 did not start"
}

die() {
  echo "$1"
  tail -n 15 "$folder"/log/* # what the daemons said
  exit 1
} >&2

free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

configure() {
  local port=6817 node at memory
  until free $port && free $((port + 1)) && free $((port + 2)); do port=$((port + 10)); done
  memory=$(awk '/^MemTotal/ { print int($2 / 1024) }' /proc/meminfo)
  head -c 128 /dev/urandom >"$folder/munge.key"
  cat >"$folder/slurm.conf" <<END
ClusterName=tests
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=$port
SlurmUser=root
AuthType=auth/munge
CredType=cred/munge
# A requeued job waits until its credential expires, which takes two minutes by default.
AuthInfo=socket=$folder/munge.socket,cred_expire=5
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool/%n
SlurmctldPidFile=$folder/run/slurmctld.pid
SlurmdPidFile=$folder/run/slurmd-%n.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd-%n.log
# No cgroups: they would want systemd, or a hierarchy to write to.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
MailProg=/bin/true
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=bf_interval=1,sched_interval=1,batch_sched_delay=0
ReturnToService=2
KillWait=10
MinJobAge=3600
# The numbers below win over what is found.
SlurmdParameters=config_overrides
PartitionName=tests Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
  at=$port
  for node in "${nodes[@]}"; do
    echo "NodeName=$node NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=$((at += 1)) CPUs=4 RealMemory=$memory State=UNKNOWN"
  done >>"$folder/slurm.conf"
}

idle() { [[ $(sinfo -h -N -o %T | grep -cE '^(idle|mixed|allocated|completing)$') -eq ${#nodes[@]} ]]; }

answers() { scontrol ping | grep -q 'is UP'; } 2>/dev/null

start() {
  install
  [[ $(id -u) -eq 0 ]] || cannot "its daemons are started as root"
  mkdir -p "$folder"/{run,log,state,spool}
  [[ -e $folder/slurm.conf ]] || (umask 077 && configure)
  # --force: the folder may lie below one that others can write to, such as /tmp.
  launch munged munged --force --key-file="$folder/munge.key" --socket="$folder/munge.socket" --pid-file="$folder/run/munged.pid" \
    --log-file="$folder/log/munged.log" --seed-file="$folder/munge.seed"
  launch slurmctld slurmctld -f "$folder/slurm.conf"
  wait_for 20 answers || die "slurmctld does not answer"
  for node in "${nodes[@]}"; do
    launch "slurmd-$node" slurmd -f "$folder/slurm.conf" -N "$node"
  done
  wait_for 60 idle || die "a node is not ready: $(sinfo -N)"
  echo "$folder/slurm.conf"
}

empty() { [[ -z $(squeue -h) ]]; }

stop() {
  local daemon
  if answers; then
    squeue -h -o %A | xargs -r scancel || true
    wait_for 20 empty || true
  fi
  for daemon in slurmd-one slurmd-two slurmctld munged; do
    running "$daemon" || continue
    kill "$(cat "$folder/run/$daemon.pid")"
    wait_for 15 gone "$daemon" || kill -9 "$(cat "$folder/run/$daemon.pid")"
  done
}

# One at a time: they share apt and the ports.
exec 9<"$0"
flock 9
folder=$(realpath -m "${2:-.}")
export SLURM_CONF=$folder/slurm.conf
case "${1:-}:$#" in
  install:1 | start:2 | stop:2) "$1" ;;
  *) sed -n '2,7s/^# //p' "$0" >&2; exit 2 ;;
esac
