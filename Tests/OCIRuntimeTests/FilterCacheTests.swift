import Glibc
import LinuxSystem
import OCIRuntime
import OCISpec
import Testing

@Suite struct FilterCacheTests {
    private func profile(_ names: String...) -> OCISpec.Seccomp {
        Seccomp(
            defaultAction: "SCMP_ACT_ERRNO", architectures: ["SCMP_ARCH_X86_64"],
            syscalls: [Syscall(names: names, action: "SCMP_ACT_ALLOW")])
    }

    private func withRoot(_ body: (String) throws -> Void) throws {
        var template = Array("/tmp/skiff-filters-XXXXXX".utf8CString)
        let root = String(cString: try #require(mkdtemp(&template)))
        defer {
            for name in (try? File.names(in: "\(root)/~seccomp")) ?? [] { unlink("\(root)/~seccomp/\(name)") }
            rmdir("\(root)/~seccomp")
            rmdir(root)
        }
        try body(root)
    }

    private func files(_ root: String) throws -> [String] {
        try File.names(in: "\(root)/~seccomp").map { "\(root)/~seccomp/\($0)" }
    }

    @Test("a kept filter is the compiled one, for each profile its own")
    func same() throws {
        try withRoot { root in
            let cache = FilterCache(root: root)
            for seccomp in [profile("read"), profile("write"), profile("read", "write")] {
                let compiled = try FilterCache.compile(seccomp)
                #expect(try cache.filter(for: seccomp) == compiled)
                #expect(try cache.filter(for: seccomp) == compiled)
            }
            #expect(try cache.filter(for: nil) == nil)
        }
    }

    @Test("many profiles take a fixed number of places")
    func bounded() throws {
        try withRoot { root in
            for number in 0..<64 {
                var seccomp = profile("read")
                seccomp.defaultErrnoRet = UInt32(number)
                let compiled = try FilterCache.compile(seccomp)
                #expect(try FilterCache(root: root).filter(for: seccomp) == compiled)
            }
            #expect(try files(root).count <= 16)
        }
    }

    @Test("a damaged file, or one that others can write, is not taken")
    func distrusts() throws {
        try withRoot { root in
            let (cache, seccomp) = (FilterCache(root: root), profile("read"))
            let compiled = try FilterCache.compile(seccomp)
            _ = try cache.filter(for: seccomp)
            let file = try #require(try files(root).first)
            var bytes = try File.read(file)
            bytes.removeLast(8)
            try File.replace(file, with: bytes)
            #expect(try cache.filter(for: seccomp) == compiled)
            bytes = try File.read(file)
            bytes[bytes.count - 1] ^= 1
            try File.replace(file, with: bytes)
            chmod(file, 0o666)
            #expect(try cache.filter(for: seccomp) == compiled)
        }
    }
}
