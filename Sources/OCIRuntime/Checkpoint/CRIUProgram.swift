internal import CRIU

/// CRIU as it is installed.
struct CRIUProgram {
    let program: Program
    let version: Int32
    private let log: RuntimeLog

    /// Finds the program and asks it for its version.
    init(_ name: String, log: RuntimeLog) throws(RuntimeError) {
        self.log = log
        do throws(RuntimeError) {
            program = try Program([name, "swrk", "3"], environment: ProgramOutput.environment())
            let process = try CRIUProcess(program)
            version = try Self.version(try process.ask(.version, log: log))
        } catch {
            let text = if case .program(let text) = error { text } else { "\(error)" }
            throw .other("CRIU version check failed: \(text)")
        }
        // The oldest that speaks of versions.
        try require(30_000)
    }

    private static func version(_ response: CRIUResponse) throws(RuntimeError) -> Int32 {
        guard case .version(let version) = response else { throw .other("it did not tell its version") }
        return version
    }

    private func require(_ minimum: Int32) throws(RuntimeError) {
        guard version >= minimum else { throw .other("CRIU version \(version) must be \(minimum) or higher") }
    }

    /// Whether namespaces of the kind can be left out of the images.
    func supportsExternal(_ kind: NamespaceKind) -> Bool {
        switch kind {
        case .network: version >= 31_100
        case .pid: version >= 31_500
        default: false
        }
    }

    /// Not every kernel has them all.
    func check(_ features: CRIUFeatures) throws(RuntimeError) {
        let process = try CRIUProcess(program)
        guard case .features(let present) = try process.ask(.features(features), log: log) else {
            throw .other("CRIU feature check failed")
        }
        guard present.memoryTracking || !features.memoryTracking, present.lazyPages || !features.lazyPages else {
            throw .other("CRIU is missing features")
        }
    }
}
