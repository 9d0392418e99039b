import Networking
import Testing

@Suite struct RouteClientTests {
    @Test func `a batch goes out as one datagram and waits for every acknowledgement`() throws {
        let channel = ScriptedChannel(answers: [
            ScriptedChannel.acknowledgement(of: 1) + ScriptedChannel.acknowledgement(of: 2)
        ])
        try RouteClient(over: channel).perform([.bringUp(1, name: "lo"), .bringUp(2, name: "eth0")])
        #expect(channel.sent.count == 1)
        #expect(channel.sent.first?.count == 64)
    }

    @Test func `a refusal names the operation, the link and the kernel's own words`() {
        let channel = ScriptedChannel(answers: [
            ScriptedChannel.acknowledgement(of: 1),
            ScriptedChannel.acknowledgement(of: 2, error: 17, detail: "interface already exists"),
        ])
        let error = #expect(throws: NetlinkError.self) {
            try RouteClient(over: channel).perform([.bringUp(1, name: "lo"), .deleteLink("veth7")])
        }
        #expect(error?.description == "delete link veth7: file exists (interface already exists)")
    }

    @Test func `a link that is not there is an answer, not an error`() throws {
        let channel = ScriptedChannel(answers: [ScriptedChannel.acknowledgement(of: 1, error: 19)])
        #expect(try RouteClient(over: channel).link(named: "nosuch") == nil)
    }

    @Test func `an answer to an older request is passed over`() throws {
        let channel = ScriptedChannel(answers: [
            ScriptedChannel.acknowledgement(of: 77, error: 1), ScriptedChannel.acknowledgement(of: 1),
        ])
        try RouteClient(over: channel).perform([.bringUp(1, name: "lo")])
    }

    @Test func `a socket that answers nothing ends in an error`() {
        #expect(throws: NetlinkError.self) {
            try RouteClient(over: ScriptedChannel(answers: [[]])).perform([.bringUp(1, name: "lo")])
        }
    }
}
