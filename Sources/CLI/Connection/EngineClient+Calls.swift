extension EngineClient {
    package func get(_ path: String, query: [(String, String)] = []) throws(EngineError) -> JSONValue {
        try send(EngineRequest("GET", path, query: query)).json()
    }

    /// A GET whose body is kept as the engine wrote it.
    package func getBytes(_ path: String, query: [(String, String)] = []) throws(EngineError) -> [UInt8] {
        try send(EngineRequest("GET", path, query: query)).bytes()
    }

    @discardableResult
    package func post(
        _ path: String, query: [(String, String)] = [], body: JSONValue? = nil
    ) throws(EngineError) -> [UInt8] {
        try send(EngineRequest("POST", path, query: query, body: body.map { .json($0) } ?? .none)).bytes()
    }

    package func postJSON(
        _ path: String, query: [(String, String)] = [], body: JSONValue? = nil
    ) throws(EngineError) -> JSONValue {
        try send(EngineRequest("POST", path, query: query, body: body.map { .json($0) } ?? .none)).json()
    }

    @discardableResult
    package func delete(_ path: String, query: [(String, String)] = []) throws(EngineError) -> [UInt8] {
        try send(EngineRequest("DELETE", path, query: query)).bytes()
    }

    package func container(_ name: String) throws(EngineError) -> JSONValue {
        try get("/containers/\(PercentEncoding.path(name))/json")
    }
}
