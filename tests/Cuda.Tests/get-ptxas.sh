#!/usr/bin/env bash
# Fetches NVIDIA's assembler ptxas from Debian's non-free archive into a private folder.
# Touches no system apt state: own sources, own lists, own cache; only the one .deb is downloaded, nothing is installed.
# Prints the path of ptxas as its last line.
#   usage: get-ptxas.sh [FOLDER] [SUITE]      the tests look in the default folder; SUITE: trixie (CUDA 12.4, the default) or bookworm (11.8)
set -euo pipefail
dest=${1:-"${XDG_CACHE_HOME:-$HOME/.cache}/dlgen/ptxas"}
suite=${2:-trixie}
bin="$dest/ptxas"
if [[ -x $bin ]]; then echo "$bin"; exit 0; fi
[[ $(uname -m) == x86_64 ]] || { echo "get-ptxas: only x86_64 is handled" >&2; exit 2; }
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists/partial,cache/archives/partial,parts,out}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
# The archive is the one that this system's apt already uses; DEBIAN_MIRROR overrides it.
mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' | grep -m1 -E '/debian/?$')}
[[ -n $mirror ]] || { echo "get-ptxas: no Debian archive among apt's sources; set DEBIAN_MIRROR" >&2; exit 2; }
printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: non-free\nArchitectures: amd64\nSigned-By: %s\n' \
  "$mirror" "$suite" "$keyring" > "$work/ptxas.sources"
: > "$work/status"
opt=(-q -o Dir::Etc::sourcelist="$work/ptxas.sources" -o Dir::Etc::sourceparts="$work/parts"
     -o Dir::State::Lists="$work/lists" -o Dir::State::status="$work/status" -o Dir::Cache="$work/cache"
     -o APT::Architecture=amd64 -o APT::Architectures=amd64 -o Acquire::Languages=none -o APT::Sandbox::User=root)
apt-get "${opt[@]}" update >&2
(cd "$work/out" && apt-get "${opt[@]}" download nvidia-cuda-toolkit >&2)
deb=("$work"/out/nvidia-cuda-toolkit_*.deb)
mkdir -p "$dest"
# It needs libc only; nothing else of the 300 MB tree is unpacked.
dpkg-deb --fsys-tarfile "${deb[0]}" | tar -x -C "$work/out" --wildcards './usr/bin/ptxas' './usr/lib/nvidia-cuda-toolkit/bin/*ptxas' 2>/dev/null || true
found=$(find "$work/out" -type f -name ptxas | head -1)
[[ -z $found ]] || install -m755 "$found" "$bin"
[[ -x $bin ]] || { echo "get-ptxas: ptxas not found in ${deb[0]}" >&2; exit 3; }
"$bin" --version | tail -2 >&2
echo "$bin"
