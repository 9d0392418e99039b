import Glibc
internal import LinuxSystem
internal import OCISpec
internal import Seccomp

/// Compiled system call filters.
struct FilterCache {
    let root: String

    /// The filter of a configuration; `nil` where it has none.
    func filter(for seccomp: OCISpec.Seccomp?) throws(RuntimeError) -> SeccompFilter? {
        guard let seccomp else { return nil }
        do throws(SeccompError) { return try SeccompCompiler.compile(seccomp) } catch {
            if case .invalid(let field, let problem) = error { throw .invalid(field: field, problem: problem) }
            throw .other("\(error)")
        }
    }
}
