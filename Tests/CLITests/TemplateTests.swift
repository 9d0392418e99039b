import CLI
import Testing

@Suite struct TemplateTests {
    private let document: JSONValue = [
        "Id": "abc", "State": ["Running": true, "Pid": 42], "Names": ["b", "a"],
        "Labels": ["x": "1", "a.b": "2"], "Nothing": nil, "Empty": [],
    ]

    @Test(
        "templates print what Go prints",
        arguments: [
            ("{{.Id}}", "abc"),
            ("{{.ID}} {{.State.PID}}", "abc 42"),
            ("{{.State.Pid}} {{.State.Running}}", "42 true"),
            ("{{json .State}}", #"{"Running":true,"Pid":42}"#),
            ("{{.Names}} {{.Labels}}", "[b a] map[a.b:2 x:1]"),
            ("{{range .Names}}<{{.}}>{{end}}", "<b><a>"),
            ("{{range $i, $n := .Names}}{{$i}}={{$n}};{{end}}", "0=b;1=a;"),
            ("{{range .Empty}}x{{else}}none{{end}}", "none"),
            ("{{range $k, $v := .Labels}}{{$k}}:{{$v}} {{end}}", "a.b:2 x:1 "),
            ("{{if .State.Running}}up{{else}}down{{end}}", "up"),
            ("{{if eq .Id \"x\"}}x{{else if eq .Id \"abc\"}}y{{else}}z{{end}}", "y"),
            ("{{with .State}}{{.Pid}}{{end}}", "42"),
            ("{{index .Labels \"a.b\"}} {{index .Names 1}}", "2 a"),
            ("{{join .Names \",\"}} {{len .Names}}", "b,a 2"),
            ("{{.Id | upper | printf \"%s-%5s|%-4s|\" \"k\"}}", "k-  ABC|%!s(MISSING)|"),
            ("{{println .Id}}", "abc\n"),
            ("{{print 1 2 \"a\"}}", "1 2a"),
            ("a {{- \" b \" -}} c", "a b c"),
            ("{{/* nothing */}}x", "x"),
            ("{{$x := .Id}}{{$x}}{{$.Id}}", "abcabc"),
            ("{{and .Id .Empty}} {{or .Empty .Id}} {{not .Empty}}", "[] abc true"),
            ("{{(index .Names 0)}}{{slice .Id 1 2}}", "bb"),
            ("{{title \"hello world\"}} {{truncate .Id 2}} {{pad \"x\" 1 2}}|", "Hello World ab  x  |"),
            ("{{.Nothing}}", "<nil>"),
            ("{{range .Names}}{{if eq . \"a\"}}{{break}}{{end}}{{.}}{{end}}", "b"),
        ])
    func prints(source: String, expected: String) throws {
        #expect(try Template(source).render(document) == expected)
    }

    @Test(
        "failures are said as Go says them",
        arguments: [
            ("{{.ID", "template: :1: unclosed action"),
            ("{{nosuch}}", "template: :1: function \"nosuch\" not defined"),
            ("{{.Foo}}", "template: :1:2: executing \"\" at <.Foo>: map has no entry for key \"Foo\""),
            ("{{.State.Foo}}", "template: :1:8: executing \"\" at <.State.Foo>: map has no entry for key \"Foo\""),
            (
                "{{index .Names 7}}",
                "template: :1:2: executing \"\" at <index>: error calling index: index out of range: 7"
            ),
        ])
    func failures(source: String, message: String) {
        let error = #expect(throws: TemplateError.self) { try Template(source).render(document) }
        #expect(error?.description == message)
    }

    @Test("a listing has a header, and the functions of its cells leave the titles alone")
    func listing() throws {
        let listing = Listing(
            console: Console(), format: #"table {{.ID}}\t{{upper .Name}}"#, standard: "",
            titles: [("ID", "IMAGE ID"), ("Name", "NAME")])
        #expect(try listing.text([Row(id: "1", name: "a")]) == "IMAGE ID   NAME\n1          A\n")
    }

    @Test("json in a listing prints one object a row, escaped for HTML")
    func jsonListing() throws {
        let listing = Listing(console: Console(), format: "json", standard: "", titles: [])
        #expect(try listing.text([Row(id: "1", name: "<a>")]) == #"{"ID":"1","Name":"\u003ca\u003e"}"# + "\n")
    }

    @Test("a field that rows do not have is an error")
    func unknownField() {
        let listing = Listing(console: Console(), format: "{{.Foo}}", standard: "", titles: [])
        #expect(
            throws: CommandFailure(
                "failed to execute template: template: :1:2: executing \"\" at <.Foo>: can't evaluate field Foo in type *row"
            )
        ) { try listing.text([Row(id: "1", name: "a")]) }
    }

    private struct Row: TemplateRecord {
        let id: String
        let name: String
        var typeName: String { "*row" }
        var fieldNames: [String] { ["ID", "Name"] }

        func field(_ name: String) -> JSONValue? {
            switch name {
            case "ID": .string(id)
            case "Name": .string(self.name)
            default: nil
            }
        }
    }
}
