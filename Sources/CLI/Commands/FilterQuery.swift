/// `--filter` values as the engine's `filters` parameter.
enum FilterQuery {
    static func query(_ filters: [String]) -> [(String, String)] {
        var object = JSONObject()
        for filter in filters {
            guard let (name, value) = filter.cut(at: "=") else { continue }
            var values = object[name]?.objectValue ?? JSONObject()
            values[value] = true
            object[name] = .object(values)
        }
        return object.isEmpty ? [] : [("filters", JSONValue.object(object).encoded)]
    }
}
