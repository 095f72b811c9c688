#!/usr/bin/env bash
# Fetches ONNX Runtime for the peer benchmark, from npm, into benchmarks/node_modules (which git ignores).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# The scripts of the package would fetch its libraries for graphics processors.
npm install --no-save --no-package-lock --ignore-scripts onnxruntime-node@1.30.0
ls node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1
