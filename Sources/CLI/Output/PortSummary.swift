/// The PORTS column: mappings and open ports, neighbours joined into ranges.
package enum PortSummary {
    private struct Key: Hashable {
        let address: String
        let transport: String
    }

    private struct Run {
        let firstPrivate: Int64
        var lastPrivate: Int64
        let firstPublic: Int64
        var lastPublic: Int64
    }

    package static func text(_ ports: [JSONValue]) -> String {
        let sorted = ports.sorted(by: precedes)
        var runs: [Key: Run] = [:]
        var groups: [String] = []
        var single: [String] = []
        for port in sorted {
            let current = port["PrivatePort"].integer
            let published = port["PublicPort"].integer
            let transport = port["Type"].text
            if !port["IP"].text.isEmpty, current != published {
                single.append("\(address(port["IP"].text)):\(published)->\(current)/\(transport)")
                continue
            }
            let key = Key(address: port["IP"].text, transport: transport)
            if var run = runs[key], run.lastPrivate == current - 1 {
                run.lastPrivate = current
                run.lastPublic = published
                runs[key] = run
                continue
            }
            if let run = runs[key] { groups.append(describe(key, run)) }
            runs[key] = Run(
                firstPrivate: current, lastPrivate: current, firstPublic: published, lastPublic: published)
        }
        let rest = runs.sorted {
            ($0.value.firstPrivate, $0.key.transport, $0.key.address) < (
                $1.value.firstPrivate, $1.key.transport, $1.key.address
            )
        }
        groups += rest.map { describe($0.key, $0.value) }
        return (groups + single).joined(separator: ", ")
    }

    private static func precedes(_ left: JSONValue, _ right: JSONValue) -> Bool {
        let leftNumbers = (left["PrivatePort"].integer, left["IP"].text, left["PublicPort"].integer, left["Type"].text)
        let rightNumbers = (
            right["PrivatePort"].integer, right["IP"].text, right["PublicPort"].integer, right["Type"].text
        )
        return leftNumbers < rightNumbers
    }

    private static func describe(_ key: Key, _ run: Run) -> String {
        let ports = range(run.firstPrivate, run.lastPrivate)
        guard !key.address.isEmpty else { return "\(ports)/\(key.transport)" }
        return "\(address(key.address)):\(range(run.firstPublic, run.lastPublic))->\(ports)/\(key.transport)"
    }

    private static func range(_ first: Int64, _ last: Int64) -> String {
        first == last ? "\(first)" : "\(first)-\(last)"
    }

    private static func address(_ text: String) -> String {
        text.contains(":") ? "[\(text)]" : text
    }
}
