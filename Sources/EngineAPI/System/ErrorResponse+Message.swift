extension ErrorResponse {
    package init(_ message: String) {
        self.init()
        self.message = message
    }
}
