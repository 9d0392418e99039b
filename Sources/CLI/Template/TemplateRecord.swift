/// What a row of a listing offers to templates: named fields, and methods with an argument.
package protocol TemplateRecord {
    /// Go's name of the type, which errors show.
    var typeName: String { get }
    /// The fields that `{{json .}}` prints.
    var fieldNames: [String] { get }
    /// The field, or nil where there is none of that name.
    func field(_ name: String) -> JSONValue?
    /// A method with arguments, or nil where there is none of that name.
    func call(_ name: String, _ arguments: [JSONValue]) -> JSONValue?
}

extension TemplateRecord {
    package func call(_ name: String, _ arguments: [JSONValue]) -> JSONValue? { nil }

    /// All fields in the order of their names, as Go's maps are encoded.
    package var document: JSONValue {
        .object(JSONObject(fieldNames.sorted().map { ($0, field($0) ?? .null) }))
    }
}
