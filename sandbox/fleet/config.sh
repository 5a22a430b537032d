#!/bin/bash
# Stand-in for the runner's config.sh that does what a removal does and no more, for fleets: it starts in milliseconds.
# Only `config.sh remove` is known, of a runner of an organization.

cd "$(dirname "$0")" || exit 1
settings=$(<.runner)
[[ $settings =~ \"agentId\":\ ([0-9]+) ]] && id=${BASH_REMATCH[1]}
[[ $settings =~ \"gitHubUrl\":\ \"http://([^:]+):([0-9]+)/([^\"]+)\" ]] || exit 1
host=${BASH_REMATCH[1]} port=${BASH_REMATCH[2]} organization=${BASH_REMATCH[3]}

exec 3<>"/dev/tcp/$host/$port" || exit 1
printf '%s\r\n' "DELETE /api/v3/orgs/$organization/actions/runners/$id HTTP/1.1" "host: $host:$port" \
  "authorization: RemoteAuth $ACTIONS_RUNNER_INPUT_TOKEN" 'connection: close' '' >&3
read -r _ status _ <&3
if [[ $status != 204 ]]; then
  echo "Failed: Removing runner from the server"
  echo "Response status code does not indicate success: $status"
  exit 1
fi
echo "√ Runner removed successfully"
rm .credentials .credentials_rsaparams .runner
