package io.daybook.sample.order;

/** A part of the service. A process runs one or more of them. */
public enum Role {
    /** Commands and queries over HTTP, and the web page. */
    API,
    /** The projections, which keep the read models up to date. */
    PROJECTOR,
    /** The process managers, which cancel expired orders and pay refunds. */
    PROCESSES,
    /** The relay, which publishes the events. */
    RELAY
}
