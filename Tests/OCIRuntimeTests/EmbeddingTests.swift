import Glibc
import OCIRuntime
import Testing

/// What a program that embeds the runtime writes; only the public interface is used.
private func runOnce(_ id: String, bundle: String, root: String) throws(RuntimeError) -> ContainerState {
    let runtime = ContainerRuntime(root: root)
    try runtime.create(id, CreationOptions(bundle: bundle))
    try runtime.start(id)
    let state = try runtime.state(id)
    try runtime.kill(id, signal: SIGKILL)
    try runtime.delete(id, force: true)
    return state
}

@Suite("The runtime as a library")
struct EmbeddingTests {
    @Test("A bundle that is not there is told with its path")
    func missingBundle() {
        do throws(RuntimeError) {
            _ = try runOnce("example", bundle: "/no/such/bundle", root: "/tmp/no-such-root")
            Issue.record("the bundle does not exist")
        } catch {
            #expect("\(error)" == "chdir /no/such/bundle: no such file or directory")
        }
    }
}
