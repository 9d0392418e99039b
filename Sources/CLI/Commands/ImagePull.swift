/// Pulls an image and shows how it goes.
struct ImagePull {
    let engine: EngineClient
    let console: Console
    let configuration: ClientConfiguration

    /// - Parameter toError: Show progress on stderr, as `run` does.
    func pull(
        _ image: ImageName, platform: String, quiet: Bool, toError: Bool, allTags: Bool = false
    ) throws {
        var query = [("fromImage", image.familiarName)]
        if !allTags { query.append(("tag", image.version)) }
        if !platform.isEmpty { query.append(("platform", platform)) }
        let authentication = configuration.registryAuthentication(for: image.domain)
        let response = try engine.send(
            EngineRequest(
                "POST", "/images/create", query: query,
                headers: authentication.map { [("X-Registry-Auth", $0)] } ?? []))
        var display = ProgressDisplay(
            isTerminal: toError ? console.isErrorTerminal : console.isOutputTerminal,
            width: WindowSize.of(toError ? console.errorOutput : console.output).map { Int($0.columns) } ?? 200)
        try response.documents { message in
            let text = try display.render(message)
            if quiet { return true }
            if toError { console.printError(text, terminator: "") } else { console.print(text, terminator: "") }
            console.flush()
            return true
        }
    }
}
