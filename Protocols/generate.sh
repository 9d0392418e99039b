#!/bin/sh
# Generates the committed *.pb.swift files, and the C code of CCRIU, from the .proto files here.
# Needs protoc and protoc-c, and protoc-gen-swift in PATH or named by PROTOC_GEN_SWIFT.
set -eu
cd "$(dirname "$0")"
plugin=${PROTOC_GEN_SWIFT:-$(command -v protoc-gen-swift || true)}
if [ -z "$plugin" ]; then
    echo "protoc-gen-swift not found: put it in PATH or name it in PROTOC_GEN_SWIFT" >&2
    exit 1
fi

# generate TARGET VISIBILITY FILE...
generate() {
    out=../Sources/$1/Generated
    visibility=$2
    shift 2
    rm -rf "$out"
    mkdir -p "$out"
    protoc --plugin=protoc-gen-swift="$plugin" --proto_path=. \
        --swift_opt=Visibility="$visibility" --swift_opt=UseAccessLevelOnImports=true \
        --swift_opt=FileNaming=PathToUnderscores --swift_out="$out" "$@"
}

generate TTRPC Package ttrpc/envelope.proto google/rpc/status.proto
generate TaskProtocol Package \
    containerd/types/mount.proto containerd/types/task.proto containerd/types/introspection.proto \
    containerd/task/v2/shim.proto \
    containerd/events/task.proto containerd/events/forward.proto containerd/runc/options.proto \
    containerd/cgroups/v1.proto containerd/cgroups/v2.proto
generate SupervisorProtocol Public skiff/supervisor/v1/supervisor.proto

# CRIU's messages are C, since the runtime links no Foundation.
protoc-c --proto_path=criu --c_out=../Sources/CCRIU rpc.proto
mkdir -p ../Sources/CCRIU/include
mv ../Sources/CCRIU/rpc.pb-c.h ../Sources/CCRIU/include/CCRIU.h
sed -i 's/"rpc.pb-c.h"/"CCRIU.h"/' ../Sources/CCRIU/rpc.pb-c.c
