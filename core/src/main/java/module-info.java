/**
 * Daybook's core: aggregates, events and commands, the interfaces that stores and brokers implement, and versions of them
 * in memory. Start at {@link io.daybook.aggregate}.
 */
@SuppressWarnings("module") // the adapters that may see io.daybook.json are built after this module
module io.daybook.core {
    requires transitive com.fasterxml.jackson.databind;
    requires com.fasterxml.jackson.datatype.jsr310;
    requires static transitive micrometer.core;
    requires static transitive micrometer.observation;
    requires static transitive micrometer.commons;
    requires static transitive org.jspecify;
    requires org.slf4j;

    exports io.daybook;
    exports io.daybook.aggregate;
    exports io.daybook.command;
    exports io.daybook.event;
    exports io.daybook.eventstore;
    exports io.daybook.inmemory;
    exports io.daybook.json to
            io.daybook.cosmos,
            io.daybook.servicebus;
    exports io.daybook.metrics;
    exports io.daybook.process;
    exports io.daybook.projection;
    exports io.daybook.publishing;
    exports io.daybook.query;
    exports io.daybook.readmodel;
    exports io.daybook.serialization;
    exports io.daybook.shredding;
    exports io.daybook.snapshot;
    exports io.daybook.subscription;
    exports io.daybook.testkit;
    exports io.daybook.tracing;
    exports io.daybook.verification;
}
