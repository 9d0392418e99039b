// A daemon that embeds Skiff's supervisor: it runs one container from an OCI bundle, prints what happens to it, and
// ends with its exit status.
//
//     embedded-supervisor STATE-DIRECTORY BUNDLE
//
// The programs skiff-shim and skiff-runtime are looked for beside this one.
import Glibc
import Supervisor
import SupervisorClient

/// Where this program is, and with it the shim and the runtime.
func ownDirectory() -> String {
    var path = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &path, path.count - 1)
    let text = String(decoding: path.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return text.lastIndex(of: "/").map { String(text[..<$0]) } ?? "."
}

/// The bundle's `config.json`.
func specification(of bundle: String) -> [UInt8]? {
    guard let file = fopen("\(bundle)/config.json", "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes[..<count])
}

/// Connects as soon as the supervisor serves.
func connect(to address: String) async throws -> SupervisorClient {
    for _ in 0..<500 {
        if let client = try? await SupervisorClient.connect(to: address) { return client }
        try await Task.sleep(for: .milliseconds(10))
    }
    return try await SupervisorClient.connect(to: address)
}

/// Runs the container and answers its exit status.
func runContainer(bundle: String, address: String) async throws -> UInt32 {
    let client = try await connect(to: address)
    let window = try await client.eventWindow()

    var create = SupervisorClient.CreateRequest()
    create.namespace = "example"
    create.id = "embedded"
    create.spec = .init(specification(of: bundle) ?? [])
    var root = SupervisorClient.Mount()
    (root.type, root.source, root.options) = ("bind", "\(bundle)/rootfs", ["rbind"])
    create.rootfs = [root]
    create.stdio.log = "json-file://\(bundle)/output.json"
    let created = try await client.create(create)
    print("created with pid \(created.pid)")

    var start = SupervisorClient.StartRequest()
    (start.namespace, start.id) = (create.namespace, create.id)
    _ = try await client.start(start)

    // Events have cursors: whoever lost the connection asks for those since the last that it saw.
    var status: UInt32 = 1
    for try await event in client.events(namespace: create.namespace, since: window.newest) {
        print("event \(event.cursor - window.newest): \(event.kind) of \(event.id)")
        if event.kind == .exit {
            status = event.exitStatus
            var delete = SupervisorClient.DeleteRequest()
            (delete.namespace, delete.id) = (create.namespace, create.id)
            _ = try await client.delete(delete)
        }
        if event.kind == .delete { break }
    }
    return status
}

let arguments = CommandLine.arguments
guard arguments.count == 3 else {
    print("usage: embedded-supervisor STATE-DIRECTORY BUNDLE")
    exit(2)
}
var configuration = SupervisorConfiguration()
configuration.address = "\(arguments[1])/supervisor.sock"
configuration.root = "\(arguments[1])/root"
configuration.state = "\(arguments[1])/state"
configuration.runtimeRoot = "\(arguments[1])/runtime"
configuration.shim = "\(ownDirectory())/skiff-shim"
configuration.runtime = "\(ownDirectory())/skiff-runtime"

let supervisor = Supervisor(configuration)
let serving = Task { try await supervisor.run() }
do {
    let status = try await runContainer(bundle: arguments[2], address: configuration.address)
    serving.cancel()
    _ = await serving.result
    exit(Int32(status))
} catch {
    print("failed: \(error)")
    exit(1)
}
