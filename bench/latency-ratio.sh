#!/usr/bin/env bash
# latency-ratio.sh A.onnx B.onnx [RUNS] [ROUNDS] [THREADS]: what 'sidtc bench' says of B's latency as a share of A's, and what whole
# processes say that load a model and run it: the time of one with RUNS runs less that of one with none. Each round has both, models in turns.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../eng/common.sh"
need_sdk
a="$(readlink -f "$1")" b="$(readlink -f "$2")" runs="${3:-100}" rounds="${4:-5}" threads="${5:-1}"
cd "$root"
eng/ort "$(ort_package)"
dotnet build bench/SiDT.Bench -c Release --nologo -v q -clp:ErrorsOnly -p:OrtPackage="$(ort_package)" -p:EnforceCodeStyleInBuild=false </dev/null
./sidtc --version >/dev/null
TIMEFORMAT='%R %U %S'

# took FILE COUNT: seconds of a whole process, as the clock and as the processor count them
took() {
  { time dotnet bench/SiDT.Bench/bin/Release/net10.0/SiDT.Bench.dll runs "$1" "$2" "$threads"; } 2>&1
}

# of MODEL: 'median least' of what bench measured, in the order of the models
of() { grep -o "\"$1\": [0-9.]*" | cut -d' ' -f2; }

echo "round | processes: ms a run of A and B, ratio, ratio of processor time | bench: medians of A and B, ratio, ratio of the least | load"
for ((round = 1; round <= rounds; round++)); do
  a0="$(took "$a" 0)" b0="$(took "$b" 0)" an="$(took "$a" "$runs")" bn="$(took "$b" "$runs")"
  json="$(./sidtc bench "$a" "$b" --threads "$threads" --seconds 3 --json 2>/dev/null)"
  echo "$round $runs $a0 $b0 $an $bn $(of median <<<"$json" | tr '\n' ' ') $(of least <<<"$json" | tr '\n' ' ') $(cut -d' ' -f1 /proc/loadavg)" |
    awk '{
      n = $2; a = ($9 - $3) / n; b = ($12 - $6) / n; pa = $10 + $11 - $4 - $5; pb = $13 + $14 - $7 - $8
      printf "%d | %.2f %.2f %.3f %.3f | %.2f %.2f %.3f %.3f | %s\n", $1, 1000 * a, 1000 * b, b / a, pb / pa, $15, $16, $16 / $15, $18 / $17, $19
    }'
done
