import Archive
import Testing

@Suite("Names of archives")
struct EntryPathTests {
    @Test(arguments: [
        ("a", "", "a"), ("./a//b/", "a", "b"), ("/etc/passwd", "etc", "passwd"), ("a/../b", "", "b"),
        ("a/./b/../c", "a", "c"),
    ])
    func `a name is taken apart relative to the root`(_ text: String, _ parent: String, _ name: String) throws {
        let path = try #require(EntryPath(Array(text.utf8)))
        #expect(String(decoding: path.parent.dropLast(), as: UTF8.self) == parent)
        #expect(String(decoding: path.name.dropLast(), as: UTF8.self) == name)
    }

    @Test(arguments: ["..", "../a", "a/../../b", "/..", "a\0b"])
    func `a name that leads above the root is none`(_ text: String) {
        #expect(EntryPath(Array(text.utf8)) == nil)
    }

    @Test(arguments: ["", ".", "/", "./", "a/.."])
    func `the root has no name`(_ text: String) throws {
        #expect(try #require(EntryPath(Array(text.utf8))).isRoot)
    }
}
