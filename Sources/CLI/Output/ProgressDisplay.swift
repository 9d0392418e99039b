/// Shows Docker's progress messages: a line per layer that is drawn over on a terminal, plain lines elsewhere.
package struct ProgressDisplay {
    private let isTerminal: Bool
    private let width: Int
    private var lines: [String: Int] = [:]

    package init(isTerminal: Bool, width: Int = 200) {
        self.isTerminal = isTerminal
        self.width = width
    }

    /// The text to write for a message; throws the error that a message carries.
    package mutating func render(_ message: JSONValue) throws(CommandFailure) -> String {
        if let failure = message["errorDetail"]["message"].stringValue ?? message["error"].stringValue {
            throw CommandFailure(failure)
        }
        guard message["aux"].isNull else { return "" }
        let id = message["id"].text
        let hasProgress = message["progressDetail"].objectValue != nil
        guard !id.isEmpty, hasProgress else {
            lines = [:]
            return line(message, hasProgress: hasProgress)
        }
        var text = ""
        if lines[id] == nil {
            lines[id] = lines.count
            if isTerminal { text += "\n" }
        }
        guard isTerminal else { return line(message, hasProgress: true) }
        let distance = lines.count - (lines[id] ?? 0)
        text += "\u{1B}[\(distance)A" + line(message, hasProgress: true) + "\u{1B}[\(distance)B"
        return text
    }

    private func line(_ message: JSONValue, hasProgress: Bool) -> String {
        let progress = hasProgress ? bar(message["progressDetail"]) : ""
        var text = ""
        var end = ""
        if isTerminal, hasProgress, message["stream"].text.isEmpty {
            text = "\u{1B}[2K\r"
            end = "\r"
        } else if !progress.isEmpty {
            return ""
        }
        if !message["id"].text.isEmpty { text += message["id"].text + ": " }
        if hasProgress, isTerminal { return text + message["status"].text + " " + progress + end }
        if let stream = message["stream"].stringValue { return text + stream + end }
        return text + message["status"].text + end + "\n"
    }

    private func bar(_ detail: JSONValue) -> String {
        let current = detail["current"].doubleValue ?? 0
        let total = detail["total"].doubleValue ?? 0
        guard current > 0 || total > 0 else { return "" }
        let units = detail["units"].text
        let now = units.isEmpty ? Self.padded(Humanize.size(current)) : "\(Int(current)) \(units)"
        guard total > 0 else { return now }
        let half = min(50, Int(current / total * 100) / 2)
        let box = "[\(String(repeating: "=", count: half))>\(String(repeating: " ", count: 50 - half))] "
        let counts =
            units.isEmpty
            ? (current > total ? now : "\(now)/\(Humanize.size(total))") : "\(Int(current))/\(Int(total)) \(units)"
        return (width > 110 ? box : "") + counts
    }

    private static func padded(_ text: String) -> String {
        String(repeating: " ", count: max(0, 8 - text.count)) + text
    }
}
