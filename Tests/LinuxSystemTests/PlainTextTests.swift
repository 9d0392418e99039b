import LinuxSystem
import Testing

@Suite struct PlainTextTests {
    @Test("numbers in texts are those that the standard library writes")
    func numbersAreWritten() {
        for number in [Int.min, -10, -1, 0, 7, 10, 99, 100, 1_000_000_007, Int.max] {
            #expect("<\(number)>" == "<" + String(number) + ">")
        }
        for number in [Int32.min, -1, 0, Int32.max] { #expect("\(number)" == String(number)) }
        for number in [UInt32.min, 4_294_967_294, UInt32.max] { #expect("\(number)" == String(number)) }
        for number in [UInt64.min, 10_000_000_000_000_000_000, UInt64.max] { #expect("\(number)" == String(number)) }
    }

    @Test(
        "only decimal digits are a number",
        arguments: ["", " 1", "+1", "-1", "1 ", "0x1", "18446744073709551616", "é"])
    func noNumber(_ text: String) {
        #expect(UInt64(decimal: Array(text.utf8)[...]) == nil)
    }

    @Test("decimal digits are read", arguments: [("0", 0), ("007", 7), ("18446744073709551615", UInt64.max)])
    func numberIsRead(_ text: String, _ number: UInt64) {
        #expect(UInt64(decimal: Array(text.utf8)[...]) == number)
    }

    @Test("a path's parts are what stands between its slashes")
    func partsOfPaths() {
        #expect("//a/é/../b/".pathParts == ["a", "é", "..", "b"])
        #expect("".pathParts.isEmpty && "/".pathParts.isEmpty)
        #expect("/a".isAbsolutePath && !"a/".isAbsolutePath && !"".isAbsolutePath)
        // A mark that would join the slash into one character does not hide it.
        #expect("/\u{301}a".isAbsolutePath && "/\u{301}a".begins(with: "/"))
    }

    private func parts(_ text: String, _ separator: Unicode.Scalar) -> [String] {
        var text = text
        return text.withUTF8 { bytes in
            var rest = ByteText(bytes)
            var result: [String] = []
            while let part = rest.next(before: separator) { result.append(part.string) }
            return result
        }
    }

    @Test("bytes are cut at a separator, as by `split`", arguments: ["", "a", "a:b", ":a::bé", "a:", "::"])
    func bytesAreCut(_ text: String) {
        var expected = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        // What comes after the last separator is a part only where there is something.
        if expected.last == "" { expected.removeLast() }
        #expect(parts(text, ":") == expected)
    }

    @Test("bytes are compared whole")
    func bytesAreCompared() {
        var text = "name=é"
        text.withUTF8 { bytes in
            let found = ByteText(bytes)
            #expect(found == "name=é" as StaticString && found == "name=é" as String)
            #expect(!(found == "name=" as StaticString) && !(found == "name=éa" as String) && !(found == "" as String))
            #expect(ByteText(UnsafeBufferPointer(rebasing: bytes[..<0])) == "" as String)
        }
    }

    @Test("the line around a pattern is cut off with all before it")
    func linesAreFound() {
        var text = "one\ntwo - x\nthree\nfour - x - x"
        text.withUTF8 { bytes in
            var rest = ByteText(bytes)
            #expect(rest.cutLine(containing: " - x")?.string == "two - x")
            #expect(rest.cutLine(containing: " - x")?.string == "four - x - x")
            #expect(rest.cutLine(containing: " - x") == nil)
        }
    }
}
