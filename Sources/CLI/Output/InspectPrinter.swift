/// Prints documents as `inspect` does: an indented array, one line of JSON, or a template for each.
package struct InspectPrinter {
    private let template: Template?
    private let isCompact: Bool
    private let errorPrefix: String
    private var documents: [[UInt8]] = []
    private var rendered = ""

    package init(format: String, errorPrefix: String = "template parsing error: ") throws(CommandFailure) {
        self.errorPrefix = errorPrefix
        isCompact = format == "json"
        guard !format.isEmpty, !isCompact else {
            template = nil
            return
        }
        do {
            template = try Template(format)
        } catch {
            throw CommandFailure("template parsing error: \(error)", status: 64)
        }
    }

    package mutating func add(_ document: [UInt8]) throws {
        guard let template else {
            documents.append(document)
            return
        }
        let value = try JSONParser.parse(document)
        do {
            rendered += try template.render(value) + "\n"
        } catch {
            rendered += "\n"
            throw CommandFailure("\(errorPrefix)\(error)")
        }
    }

    package var output: String {
        guard template == nil else { return rendered }
        var list: [UInt8] = [UInt8(ascii: "[")]
        for (index, document) in documents.enumerated() {
            if index > 0 { list.append(UInt8(ascii: ",")) }
            list += document.last == 0x0A ? document.dropLast() : document[...]
        }
        list.append(UInt8(ascii: "]"))
        return String(decoding: isCompact ? list : JSONIndenter.indent(list), as: UTF8.self) + "\n"
    }
}
