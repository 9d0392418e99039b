import Glibc

/// The processes of a container as ps would list them, the answer of `docker top`.
package struct ProcessTable: Sendable, Equatable {
    package var titles: [String]
    package var processes: [[String]]

    /// Reads procfs; processes that end meanwhile are left out.
    /// - Parameter psArguments: Arguments for ps as Docker takes them; empty is `-ef`.
    package static func list(pids: [UInt32], psArguments: String) throws(ProcessTableError) -> ProcessTable {
        let columns = try PSArguments(psArguments).columns
        guard columns.contains(where: { $0.title == "PID" }) else { throw .noPIDColumn }
        let host = ProcessHost()
        var rows: [[String]] = []
        for pid in Set(pids).sorted() {
            guard let process = ProcessSample(pid: pid, host: host) else { continue }
            rows.append(columns.map { $0.value(process) })
        }
        return ProcessTable(titles: columns.map(\.title), processes: rows)
    }
}

package enum ProcessTableError: Error, Equatable {
    case unknownFormat(String)
    case unsupportedOption(String)
    case noPIDColumn
    /// A column named like the one of the process ids.
    case renamedPID(String, title: String)
}

extension ProcessTableError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownFormat(let name): "ps: error: unknown user-defined format specifier \"\(name)\""
        case .unsupportedOption(let option):
            "ps: unsupported option \"\(option)\": use -ef, -l, -F, -j, aux or -o with columns"
        case .noPIDColumn: "Couldn't find PID field in ps output"
        case .renamedPID(let name, let title): "specifying \"\(name)=\(title)\" is not allowed"
        }
    }

    /// Whether the request is at fault; Docker tells the others as server errors.
    package var isInvalidRequest: Bool {
        if case .renamedPID = self { return true }
        return false
    }
}
