package import ImageStore
package import Logging

/// What every container needs of the rest of the engine.
package struct ContainerDependencies: Sendable {
    package let configuration: DaemonConfiguration
    package let database: EngineDatabase
    package let images: ImageStore
    package let supervisor: SupervisorLink
    package let networks: NetworkService
    package let volumes: VolumeService
    package let events: EventBroadcaster
    package let specs: SpecBuilder
    package let rules: HostConfigRules
    package let facts: HostFacts
    package let logs: LogReader
    package let work: FileWork
    package let logger: Logger

    package init(
        configuration: DaemonConfiguration, database: EngineDatabase, images: ImageStore, supervisor: SupervisorLink,
        networks: NetworkService, volumes: VolumeService, events: EventBroadcaster, facts: HostFacts, logs: LogReader,
        work: FileWork, logger: Logger
    ) {
        self.configuration = configuration
        self.database = database
        self.images = images
        self.supervisor = supervisor
        self.networks = networks
        self.volumes = volumes
        self.events = events
        specs = SpecBuilder(facts: facts)
        rules = HostConfigRules(facts: facts)
        self.facts = facts
        self.logs = logs
        self.work = work
        self.logger = logger
    }

    func paths(of id: String) -> ContainerPaths { ContainerPaths(dataRoot: configuration.dataRoot, id: id) }
}
