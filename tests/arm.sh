#!/usr/bin/env bash
# Runs the tests of the kernels on an emulated Arm processor: built for linux-arm64, with .NET's own runtime for it, under QEMU.
# For Debian 12 on x64 with the .NET 10 SDK; root or not, it installs nothing. QEMU and Arm's C, C++ and OpenSSL libraries (which
# xunit needs for its hashes) are unpacked from Debian's packages into artifacts/arm, where the next run finds them.
# Arguments go to the tests, for instance --show-test-results all. Exits with 0 only if every test passed and none skipped.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
arm=$PWD/artifacts/arm

if [[ ! -d $arm/root ]]; then
  packages=(qemu-user-static libc6:arm64 libgcc-s1:arm64 libstdc++6:arm64 libssl3:arm64)
  printf '== unpack %s in %s\n' "${packages[*]}" "$arm"
  mkdir -p "$arm"
  unpacked=$(mktemp -d -p "$arm")
  trap 'rm -rf "$unpacked"' EXIT
  mkdir -p "$unpacked/lists/partial" "$unpacked/cache/archives/partial" "$unpacked/root"

  # Lists of its own, so that the machine's need not know a second architecture.
  apt=(apt-get -qq -o APT::Architectures::=amd64 -o APT::Architectures::=arm64 -o APT::Sandbox::User="$(id -un)"
    -o Dir::State::lists="$unpacked/lists" -o Dir::Cache="$unpacked/cache" -o Dir::State::status=/dev/null)
  "${apt[@]}" update
  (cd "$unpacked" && "${apt[@]}" download "${packages[@]}")
  for package in "$unpacked"/*.deb; do
    dpkg -x "$package" "$unpacked/root"
  done
  find "$unpacked/root/usr/bin" -name 'qemu-*' ! -name qemu-aarch64-static -delete # those of other processors: 300 MB
  mv "$unpacked/root" "$arm/root"
fi

printf '== build\n'
dotnet publish tests/AuxLossRnn.Kernels.Tests -c Release -r linux-arm64 --self-contained --artifacts-path "$arm/build" -o "$arm/tests" \
  -v quiet

# .NET writes instructions through a second mapping of their memory, which QEMU does not notice: it would go on with those that were
# there before, and crash. Without tiers every method is compiled once, as it is in the long run.
printf '== run\n'
DOTNET_EnableWriteXorExecute=0 DOTNET_TieredCompilation=0 \
  "$arm/root/usr/bin/qemu-aarch64-static" -L "$arm/root" "$arm/tests/AuxLossRnn.Kernels.Tests" --fail-skips on "$@"
