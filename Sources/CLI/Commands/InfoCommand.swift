enum InfoCommand {
    static func make(_ path: String) -> Command {
        Command(
            path, "[OPTIONS]", "Display system-wide information", aliases: ["system info", "info"], .none,
            flags: [FormatFlag.inspection()]
        ) { invocation in
            let bytes = try invocation.engine().getBytes("/info")
            let format = invocation.flags.string("format")
            guard format.isEmpty else {
                var printer = try InspectPrinter(format: format == "json" ? "{{json .}}" : format, errorPrefix: "")
                try printer.add(bytes)
                invocation.console.print(printer.output, terminator: "")
                return 0
            }
            let info = try JSONParser.parse(bytes)
            invocation.console.print(InfoText.text(info), terminator: "")
            for warning in info["Warnings"].strings { invocation.console.printError(warning) }
            return 0
        }
    }
}
