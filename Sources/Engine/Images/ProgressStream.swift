import EngineAPI
import ImageStore

/// Answers a request with Docker's lines of progress. A failure before the first line is an HTTP error,
/// a later one the stream's last line.
struct ProgressStream: Sendable {
    let responder: HTTPResponder

    /// - Parameter work: reports progress; returns the text lines that come at the end.
    func run(
        _ work: @escaping @Sendable (@escaping @Sendable (PullProgress) -> Void) async throws -> [String]
    ) async throws {
        let (lines, continuation) = AsyncStream.makeStream(of: PullProgress.self)
        async let result: Result<[String], any Error> = {
            defer { continuation.finish() }
            do {
                return .success(try await work { continuation.yield($0) })
            } catch {
                return .failure(error)
            }
        }()
        var writer: HTTPBodyWriter?
        for await line in lines {
            let opened: HTTPBodyWriter
            if let writer { opened = writer } else { opened = try await begin() }
            writer = opened
            try await opened.write(json: Self.message(line))
        }
        switch await result {
        case .success(let texts):
            let opened: HTTPBodyWriter
            if let writer { opened = writer } else { opened = try await begin() }
            for text in texts {
                var message = ProgressMessage()
                message.stream = text
                try await opened.write(json: message)
            }
            try await responder.end(opened)
        case .failure(let error):
            guard let writer else { throw error }
            try await writer.write(json: Self.failure(ErrorMapping.engineError(for: error).message))
            try await responder.end(writer)
        }
    }

    private func begin() async throws -> HTTPBodyWriter {
        try await responder.stream(contentType: "application/json")
    }

    private static func failure(_ text: String) -> ProgressMessage {
        var message = ProgressMessage()
        message.error = text
        var detail = ProgressError()
        detail.message = text
        message.errorDetail = detail
        return message
    }

    private static func message(_ progress: PullProgress) -> ProgressMessage {
        var message = ProgressMessage()
        message.status = progress.status
        message.id = progress.id
        if progress.current != nil || progress.total != nil {
            var detail = ProgressDetail()
            detail.current = progress.current
            detail.total = progress.total
            message.progressDetail = detail
            if let current = progress.current, let total = progress.total, total > 0 {
                message.progress = ProgressBar.text(current: current, total: total)
            }
        } else if progress.id != nil {
            message.progressDetail = ProgressDetail()
        }
        return message
    }
}
