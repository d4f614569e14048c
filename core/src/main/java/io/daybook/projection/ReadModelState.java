package io.daybook.projection;

/** The states of a version of a projection. See {@link Projector}. */
public enum ReadModelState {
    /** The documents are not complete yet, because the stored events are still being scanned. */
    BUILDING,
    /** The documents are complete and have caught up with the feed, but another version still answers reads. */
    CAUGHT_UP,
    /** The version answers reads. */
    ACTIVE,
    /** The documents were deleted. */
    DROPPED
}
