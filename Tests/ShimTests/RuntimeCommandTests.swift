import Shim
import TaskProtocol
import Testing

@Suite struct RuntimeCommandTests {
    @Test func `A checkpoint leaves the container running unless told otherwise`() {
        var options = Containerd_Runc_V1_CheckpointOptions()
        #expect(
            CheckpointCommand.checkpoint(images: "/i", work: "/w", options) == [
                "checkpoint", "--image-path", "/i", "--work-path", "/w", "--leave-running",
            ])
        options.exit = true
        options.openTcp = true
        options.externalUnixSockets = true
        options.terminal = true
        options.fileLocks = true
        options.emptyNamespaces = ["network"]
        options.cgroupsMode = "soft"
        #expect(
            CheckpointCommand.checkpoint(images: "/i", work: "/w", options) == [
                "checkpoint", "--image-path", "/i", "--work-path", "/w", "--tcp-established", "--ext-unix-sk",
                "--shell-job", "--file-locks", "--empty-ns", "network", "--manage-cgroups-mode", "soft",
            ])
    }

    @Test func `A container is restored detached, from its bundle`() {
        var options = Containerd_Runc_V1_Options()
        #expect(
            CheckpointCommand.restore(bundle: "/b", images: "/i", parent: "", options) == [
                "restore", "--bundle", "/b", "--detach", "--image-path", "/i", "--work-path", "/b/work",
            ])
        options.criuWorkPath = "/w"
        options.noPivotRoot = true
        #expect(
            CheckpointCommand.restore(bundle: "/b", images: "/i", parent: "/p", options) == [
                "restore", "--bundle", "/b", "--detach", "--image-path", "/i", "--work-path", "/w", "--parent-path",
                "/p", "--no-pivot",
            ])
    }

    @Test func `Only a PID namespace of its own ends a container's processes with the first`() {
        func isShared(_ text: String) -> Bool { PIDNamespace.isShared(Array(text.utf8)) }
        #expect(!isShared(#"{"linux":{"namespaces":[{"type":"pid"},{"type":"mount"}]}}"#))
        #expect(isShared(#"{"linux":{"namespaces":[{"type":"mount"}]}}"#))
        #expect(isShared(#"{"linux":{"namespaces":[{"type":"pid","path":"/proc/1/ns/pid"}]}}"#))
        #expect(isShared("{}"))
        #expect(!isShared("no json"))
    }

    @Test func `Callers that know of versions are told one`() {
        #expect(BootstrapAnswer.text(address: "unix:///s", latestVersion: nil) == "unix:///s")
        #expect(BootstrapAnswer.text(address: "unix:///s", latestVersion: "2") == "unix:///s")
        #expect(
            BootstrapAnswer.text(address: "unix:///s", latestVersion: "3")
                == #"{"version":3,"address":"unix:///s","protocol":"ttrpc"}"#)
    }
}
