#!/usr/bin/env bash
# A TypeScript client against the real binary. Usage: run.sh BUF; ENTENTE_BIN names the binary. Works in target/, so that
# nothing is left beside the sources.
set -euo pipefail
buf=$(realpath "$1")
cd "$(dirname "$0")/../../.."
work=target/test-clients/typescript
mkdir -p $work
cp tests/clients/typescript/*.ts tests/clients/typescript/*.json tests/clients/typescript/buf.gen.yaml $work/
if [ ! -d $work/node_modules ] || ! cmp -s $work/package-lock.json $work/node_modules/installed.json; then
  echo "installing by npm into $work: connect (gRPC for TypeScript), protobuf-es, the TypeScript compiler"
  (cd $work && npm ci --silent --no-audit --no-fund && cp package-lock.json node_modules/installed.json)
fi
proto=$(realpath proto)
cd $work
rm -rf generated built
"$buf" generate "$proto"
node_modules/.bin/tsc
node --test built/follow_test.js
