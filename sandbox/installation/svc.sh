#!/bin/bash
# Stand-in for the runner's svc.sh on Linux (actions/runner, src/Misc/layoutbin/systemd.svc.sh.template). Units are in the
# installation instead of /etc/systemd/system; SELinux and custom templates are left out. With SANDBOX_ASSUME_ROOT in its
# environment, it treats every user as root.

service=SERVICE_NAME
unit=$PWD/.sandbox/systemd/$service
sandbox=$(dirname "$(readlink -f "$0")")/.sandbox

systemctl() { "$sandbox/systemctl" "$@"; }
fail() {
  echo "Failed: $1" >&2
  exit 1
}

install() {
  local user=${1:-$SUDO_USER} account
  [[ ! -e $unit ]] || fail "error: exists $unit"
  account=$(id -u "$user"):$(id -g "$user") || fail "User does not exist"

  sed "s|DIRECTORY|$PWD|; s|ACCOUNT|$user|" bin/actions.runner.service.template >"$unit"
  chmod 664 "$unit"
  systemctl daemon-reload || fail "failed to reload daemons"
  cp bin/runsvc.sh runsvc.sh
  chmod 755 runsvc.sh
  systemctl enable "$service" || fail "failed to enable $service"
  echo "$service" >.service
  chown "$account" runsvc.sh .service
}

start() {
  systemctl start "$service" || fail "failed to start $service"
  status
}

stop() {
  systemctl stop "$service" || fail "failed to stop $service"
  status
}

status() {
  if [[ ! -f $unit ]]; then
    printf '\nnot installed\n\n'
    exit 1
  fi
  printf '\n%s\n' "$unit"
  systemctl --no-pager status "$service"
}

uninstall() {
  if [[ -f $unit ]]; then
    stop
    systemctl disable "$service" || fail "failed to disable $service"
    rm "$unit" || fail "failed to delete $unit"
  else
    echo "Service $service is not installed"
  fi
  if [[ -f .service ]]; then
    rm .service || fail "failed to delete .service"
  fi
  systemctl daemon-reload || fail "failed to reload daemons"
}

"$sandbox/record" svc.sh "$@"
if [[ $EUID -ne 0 && -z $SANDBOX_ASSUME_ROOT ]]; then
  echo "Must run as sudo"
  exit 1
fi
[[ -f bin/actions.runner.service.template ]] || fail "Must run from runner root or install is corrupt"

case $1 in
  install | start | stop | status | uninstall) "$@" ;;
  *) echo "Usage: ./svc.sh [install, start, stop, status, uninstall]" ;;
esac

# Even if the service does not run.
exit 0
