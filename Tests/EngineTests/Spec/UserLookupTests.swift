import Engine
import Foundation
import Glibc
import OCISpec
import Testing

@Suite struct UserLookupTests {
    private func user(_ text: String, groups: [String] = [], in root: TestDirectory? = nil) throws -> OCISpec.User {
        let root = try root ?? TestDirectory.imageRoot()
        return try root.withDescriptor { try UserLookup(root: $0).user(text, groupAdd: groups) }
    }

    @Test(
        "Users and groups are found by name and by number",
        arguments: [
            ("", 0, 0, [0]), ("root", 0, 0, [0]), ("web", 33, 33, [33, 4, 50]), ("33", 33, 33, [33, 4, 50]),
            ("web:adm", 33, 4, [4]), ("daemon:33", 1, 33, [33]), ("1000", 1000, 0, [0]), ("1000:50", 1000, 50, [50]),
            ("2147483647:2147483647", 2_147_483_647, 2_147_483_647, [2_147_483_647]),
        ] as [(String, UInt32, UInt32, [UInt32])])
    func finds(_ text: String, uid: UInt32, gid: UInt32, groups: [UInt32]) throws {
        #expect(try user(text) == OCISpec.User(uid: uid, gid: gid, additionalGids: groups))
    }

    @Test("Groups are added by name and number")
    func groupAdd() throws {
        #expect(try user("1000:50", groups: ["adm", "77"]).additionalGids == [50, 4, 77])
        #expect(throws: SpecError.unknownGroup("nosuch")) { try user("web", groups: ["nosuch"]) }
    }

    @Test("Malformed users are rejected", arguments: ["1:", ":1", ":", "a:b:c", "1:2:3"])
    func malformed(_ text: String) {
        #expect(throws: SpecError.malformedUser(text)) { try user(text) }
    }

    @Test(
        "Ids that the kernel would take for others are rejected",
        arguments: ["-1", "4294967296", "4294967295", "2147483648", "0:-1", "0:4294967296", "99999999999999999999"])
    func outOfRange(_ text: String) {
        #expect(throws: SpecError.idOutOfRange) { try user(text) }
    }

    @Test("An account whose id is out of range does not become root")
    func accountOutOfRange() throws {
        let root = try TestDirectory()
        try root.write("evil:x:4294967296:0::/:/bin/sh\nodd:x:zero:0::/:/bin/sh\n", to: "etc/passwd")
        #expect(throws: SpecError.idOutOfRange) { try user("evil", in: root) }
        #expect(throws: SpecError.unknownUser("odd")) { try user("odd", in: root) }
    }

    @Test("Unknown names have Docker's texts")
    func unknown() {
        #expect(throws: SpecError.unknownUser("nosuch")) { try user("nosuch") }
        #expect("\(SpecError.unknownUser("x"))" == "unable to find user x: no matching entries in passwd file")
        #expect(throws: SpecError.unknownGroup("nosuch")) { try user("web:nosuch") }
    }

    @Test("Links are resolved in the container's root, absolute ones and those that climb out")
    func links() throws {
        let root = try TestDirectory.imageRoot()
        try root.write("inside:x:7:7::/:/bin/sh\n", to: "real/passwd")
        for target in ["/real/passwd", "../../../../../../../real/passwd"] {
            let link = root.path + "/etc/passwd"
            try FileManager.default.removeItem(atPath: link)
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
            #expect(try user("inside", in: root).uid == 7)
        }
        // On the host this would be the host's own file; in the container there is none.
        try FileManager.default.removeItem(atPath: root.path + "/etc/group")
        try FileManager.default.createSymbolicLink(
            atPath: root.path + "/etc/group", withDestinationPath: "/proc/self/root/etc/group")
        #expect(throws: SpecError.unknownGroup("root")) { try user("1:root", in: root) }
    }

    @Test("A fifo or a directory in place of the file is not waited for")
    func specialFiles() throws {
        let root = try TestDirectory()
        try FileManager.default.createDirectory(atPath: root.path + "/etc/group", withIntermediateDirectories: true)
        #expect(mkfifo(root.path + "/etc/passwd", 0o644) == 0)
        #expect(throws: SpecError.unknownUser("web")) { try user("web", in: root) }
        #expect(try user("", in: root).uid == 0)
    }

    @Test("A huge file and an endless line are errors in bounded memory")
    func hugeFiles() throws {
        let root = try TestDirectory()
        try root.write("", to: "etc/passwd")
        #expect(truncate(root.path + "/etc/passwd", 1 << 40) == 0)
        #expect(throws: SpecError.self) { try user("web", in: root) }
        let line = "user:x:5:5:" + String(repeating: "x", count: 200_000) + ":/:/bin/sh\n"
        try root.write(String(repeating: line, count: 100), to: "etc/passwd")
        #expect(throws: SpecError.self) { try user("web", in: root) }
        #expect(try user("user", in: root).uid == 5)
    }
}
