import OCIRuntime
import Testing

@Suite("Lists of CPUs and memory nodes")
struct NumberSetTests {
    @Test("ranges, spaces and empty parts") func lists() {
        #expect(NumberSet("")?.words == [])
        #expect(NumberSet("0")?.words == [1])
        #expect(NumberSet("0-3, 5,")?.words == [0b10_1111])
        #expect(NumberSet("1, ,64")?.words == [2, 1])
        #expect(NumberSet("3,1-3")?.words == [0b1110])
    }

    @Test("what is no list", arguments: ["x", "1-", "-1", "3-1", "1--2", "1 2", "99999999", "0x1"])
    func refused(_ text: String) {
        #expect(NumberSet(text) == nil)
    }
}
