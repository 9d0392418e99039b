import CLI
import Testing

@Suite struct OutputTests {
    @Test("columns are as wide as their widest cell, ten at least, and the last one stands free")
    func table() {
        let text = TableWriter.format("NAME\tID\tPORTS\nlong-name-of-it\t1\t\na\t22\t80/tcp\n")
        #expect(
            text == """
                NAME              ID        PORTS
                long-name-of-it   1         
                a                 22        80/tcp

                """)
    }

    @Test("lines without a column end its block")
    func blocks() {
        let text = TableWriter.format("a\tb\nlonger\tc\nplain\nx\ty\n", minimumWidth: 0, padding: 1)
        #expect(text == "a      b\nlonger c\nplain\nx y\n")
    }

    @Test(
        "sizes have four digits or three",
        arguments: [(0.0, "0B", "0B"), (1_984_123, "1.984MB", "1.98MB"), (999, "999B", "999B"), (1e9, "1GB", "1GB")])
    func sizes(bytes: Double, four: String, three: String) {
        #expect(Humanize.size(bytes) == four)
        #expect(Humanize.size(bytes, digits: 3) == three)
    }

    @Test("memory is in powers of 1024")
    func binarySizes() {
        #expect(Humanize.binarySize(1536) == "1.5KiB")
        #expect(Humanize.binarySize(25_276_000_000) == "23.54GiB")
    }

    @Test(
        "durations are worded",
        arguments: [
            (0, "Less than a second"), (1, "1 second"), (59, "59 seconds"), (60, "About a minute"),
            (119, "About a minute"),
            (120, "2 minutes"), (3599, "59 minutes"), (3600, "About an hour"), (5400, "2 hours"),
            (47 * 3600, "47 hours"),
            (48 * 3600, "2 days"), (13 * 86400, "13 days"), (14 * 86400, "2 weeks"), (60 * 86400, "2 months"),
            (800 * 86400, "2 years"),
        ] as [(Int64, String)])
    func durations(seconds: Int64, text: String) {
        #expect(Humanize.duration(seconds: seconds) == text)
    }

    @Test("timestamps are read with fractions and zones")
    func timestamps() {
        let moment = Timestamp(parsing: "2024-01-02T03:04:05.123456789Z")
        #expect(moment == Timestamp(seconds: 1_704_164_645, nanoseconds: 123_456_789))
        #expect(Timestamp(parsing: "2024-01-02T05:04:05+02:00")?.seconds == 1_704_164_645)
        #expect(Timestamp(parsing: "yesterday") == nil)
    }

    @Test("points in time are sent as seconds")
    func queryTexts() {
        let now = Timestamp(seconds: 1000, nanoseconds: 5)
        #expect(Timestamp.queryText("10m", now: now) == "400.000000005")
        #expect(Timestamp.queryText("1136073600.5", now: now) == "1136073600.5")
        #expect(Timestamp.queryText("2024-01-02T03:04:05Z", now: now) == "1704164645.000000000")
        #expect(Timestamp.queryText("x", now: now) == nil)
    }

    @Test("neighbouring ports are joined")
    func ports() {
        let ports: [JSONValue] = [
            ["PrivatePort": 81, "Type": "tcp"], ["PrivatePort": 80, "Type": "tcp"],
            ["IP": "0.0.0.0", "PrivatePort": 90, "PublicPort": 8090, "Type": "tcp"],
            ["IP": "::", "PrivatePort": 91, "PublicPort": 91, "Type": "udp"],
        ]
        #expect(PortSummary.text(ports) == "80-81/tcp, [::]:91->91/udp, 0.0.0.0:8090->90/tcp")
    }

    @Test("inspection is indented as the engine's text, byte for byte within tokens")
    func indentation() {
        let text = #"[{"a":"x\u003c{,","b":[],"c":{},"d":[1,2.50]}]"#
        #expect(
            String(decoding: JSONIndenter.indent(Array(text.utf8)), as: UTF8.self) == #"""
                [
                    {
                        "a": "x\u003c{,",
                        "b": [],
                        "c": {},
                        "d": [
                            1,
                            2.50
                        ]
                    }
                ]
                """#)
    }

    @Test("progress is drawn in place on a terminal and left out elsewhere")
    func progress() throws {
        let started: JSONValue = ["status": "Pulling fs layer", "progressDetail": [:], "id": "a1"]
        let moving: JSONValue = [
            "status": "Downloading", "progressDetail": ["current": 500, "total": 1000], "id": "a1",
        ]
        var terminal = ProgressDisplay(isTerminal: true, width: 80)
        #expect(try terminal.render(started) == "\n\u{1B}[1A\u{1B}[2K\ra1: Pulling fs layer \r\u{1B}[1B")
        #expect(try terminal.render(moving) == "\u{1B}[1A\u{1B}[2K\ra1: Downloading     500B/1kB\r\u{1B}[1B")
        var plain = ProgressDisplay(isTerminal: false)
        #expect(try plain.render(started) == "a1: Pulling fs layer\n")
        #expect(try plain.render(moving).isEmpty)
        #expect(throws: CommandFailure("no such host")) {
            _ = try plain.render(["errorDetail": ["message": "no such host"], "error": "no such host"])
        }
    }
}
