package io.daybook.sample.order;

/** A part of the service. A process runs one or more of them. */
public enum Role {
    /** Commands and queries over HTTP, and the page. */
    API,
    /** The projections, which keep the read models up to date. */
    PROJECTOR,
    /** The relay, which publishes the events. */
    RELAY
}
