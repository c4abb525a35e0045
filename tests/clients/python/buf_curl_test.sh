#!/usr/bin/env bash
# The README's `buf curl` commands, against the real binary: a generic gRPC client that knows the server by reflection.
# Usage: buf_curl_test.sh BUF; ENTENTE_BIN names the binary.
set -euo pipefail
buf=$1
directory=$(mktemp -d)
coproc SERVER { exec "$ENTENTE_BIN" demo --listen 127.0.0.1:0 --data-dir "$directory" 2>/dev/null; }
server_pid=$SERVER_PID
trap 'kill "$server_pid" 2>/dev/null || true; wait "$server_pid" 2>/dev/null || true; rm -rf "$directory"' EXIT
address=""
while [ -z "$address" ] && read -r line <&"${SERVER[0]}"; do
  case $line in "serving http://"*) address=${line#serving }; address=${address%% *} ;; esac
done
[ -n "$address" ] || { echo "the server did not start"; exit 1; }

ask() { "$buf" curl --protocol grpc --http2-prior-knowledge --data "$2" "$address/entente.v1.$1"; }

answer=$(ask ComplianceService/AssessCommitment '{"name": "ledgers/us-china/commitments/rare-earth-suspension",
  "clocks": {"asOf": "2026-03-01T00:00:00Z", "knownAt": "2026-03-01T00:00:00Z"}}')
grep -q '"status": "STATUS_ON_TRACK"' <<<"$answer" || { echo "not on track in March 2026: $answer"; exit 1; }

if refusal=$(ask LedgerService/GetLedger '{"name": "ledgers/none"}' 2>&1); then
  echo "an unknown ledger was found: $refusal"
  exit 1
fi
grep -q 'there is no ledger ledgers/none' <<<"$refusal" || { echo "no clear refusal: $refusal"; exit 1; }
echo "2 passed, 0 failed"
